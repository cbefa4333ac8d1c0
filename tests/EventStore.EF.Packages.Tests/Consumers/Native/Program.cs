using System.Text;
using System.Text.Json;
using EventStore.EF;
using Generated = EventStore.EF.Generated.Native_969a712a.EventJsonContext;
using Native;

var catalog = EventStore.EF.EventCatalog.Of(typeof(OrderPlaced).Assembly);
var id = new Guid("0b9c3cf6-8e3c-4f1e-9a55-3b7d7f0f6a11");
Roundtrip(new OrderPlaced(id, "Ada", [new("a", 2, 1.50m)], State.Paid, new DateOnly(2026, 1, 2)));
Roundtrip(new OrderPaid(id, new Card(3, "4711"), new() { ["k"] = JsonElement.Parse("[1]") }, State.Open));
Read("order-placed", "{\"customer\":\"Eve\"}");
Read("order-closed", "{\"order_id\":\"0b9c3cf6-8e3c-4f1e-9a55-3b7d7f0f6a11\",\"closed_by\":\"Bob\"}");

void Roundtrip(object value)
    => Read(catalog.Find(value.GetType())!.Name, JsonSerializer.Serialize(value, Generated.Default.GetTypeInfo(value.GetType())!));

void Read(string type, string json)
{
    var recorded = new RecordedEvent(catalog)
    {
        EventId = id, Position = 1, StreamName = "order-1", StreamVersion = 1, Number = 1, EventType = type, SchemaVersion = 1,
        Payload = Encoding.UTF8.GetBytes(json), CreatedAt = DateTimeOffset.UnixEpoch,
    };
    Console.WriteLine($"{json} is {recorded.Data}");
}
