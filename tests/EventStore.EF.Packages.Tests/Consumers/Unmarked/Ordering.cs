using System.Threading.Tasks;
using EventStore.EF;

namespace Unmarked;

public sealed record OrderPlaced(string Customer);

public static class Ordering
{
    public static Task PlaceAsync(IEventStore store) => store.AppendAsync("order-1", ExpectedVersion.NoStream, new OrderPlaced("Ada"));
}
