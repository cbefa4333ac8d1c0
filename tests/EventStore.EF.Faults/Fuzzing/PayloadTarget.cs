using CsCheck;
using EventStore.EF.Append;
using Microsoft.Extensions.Logging.Abstractions;

namespace EventStore.EF.Faults;

/// <summary>Events as JSON: written and read back as they were, or refused.</summary>
internal sealed class PayloadTarget : FuzzTarget
{
    private readonly EventPlanner _planner = new(Catalog, new(), new(TimeProvider.System, NullLogger.Instance));

    public override string Name => "payloads";

    public override int Share => 300;

    internal static EventCatalog Catalog { get; } = EventCatalog.Of(typeof(Fuzzed).Assembly);

    public override Task RunAsync(long cases, CancellationToken ct)
    {
        FuzzedEvents.Any.Sample(Check, iter: cases);
        return Task.CompletedTask;
    }

    private void Check(Fuzzed written)
    {
        byte[] payload;
        try
        {
            payload = _planner.Plan("stream", ExpectedVersion.Any, new NewEvent(written)).Events[0].Data;
        }
        catch (EventSerializationException)
        {
            return;
        }

        var read = (Fuzzed)StoredBytesTarget.Stored("fuzzed", 1, payload).Data;
        Demand(
            read.Text == written.Text && read.Optional == written.Optional && read.Number == written.Number && read.Real.Equals(written.Real) && read.Money == written.Money
            && read.Id == written.Id && read.At == written.At && read.At.Offset == written.At.Offset && read.Items.SequenceEqual(written.Items)
            && read.Map.OrderBy(pair => pair.Key, StringComparer.Ordinal).SequenceEqual(written.Map.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            && read.Bytes.AsSpan().SequenceEqual(written.Bytes) && read.Part == written.Part,
            "what was read is not what was written");
    }
}
