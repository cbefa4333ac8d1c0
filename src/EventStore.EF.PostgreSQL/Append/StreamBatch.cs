using EventStore.EF.Append;
using EventStore.EF.Storage;

namespace EventStore.EF.PostgreSQL.Append;

/// <summary>A group's appends to one stream, in order.</summary>
internal sealed class StreamBatch(StreamName stream, ExpectedVersion expected)
{
    private readonly List<PendingWrite> _writes = [];
    private readonly List<PlannedEvent> _events = [];

    public StreamName Stream { get; } = stream;

    /// <summary>The version that the first append expects; the others follow it at any version.</summary>
    public ExpectedVersion Expected { get; } = expected;

    public IReadOnlyList<PendingWrite> Writes => _writes;

    public IReadOnlyList<PlannedEvent> Events => _events;

    public void Add(PendingWrite write, AppendPlan plan)
    {
        _writes.Add(write);
        _events.AddRange(plan.Events);
    }

    /// <summary>Answers the callers.</summary>
    /// <param name="written">Version and position of each event.</param>
    public void Complete(ReadOnlySpan<(long Version, long Position)> written)
    {
        var first = 0;
        foreach (var write in _writes)
        {
            var last = first + ((AppendPlan)write.Plans[0]).Events.Count - 1;
            write.TrySetResult([new(written[last].Version, written[first].Position, written[last].Position)]);
            first = last + 1;
        }
    }

    public void Fail(Exception exception)
    {
        foreach (var write in _writes)
            write.TrySetException(exception);
    }
}
