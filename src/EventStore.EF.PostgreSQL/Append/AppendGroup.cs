using EventStore.EF.Append;
using EventStore.EF.Storage;

namespace EventStore.EF.PostgreSQL.Append;

/// <summary>Appends that are sent to the server together. Those to the same stream share a slot, as if they were one append.</summary>
/// <param name="maxBytes">The maximum size of a group's payloads and metadata, in bytes. A single append may exceed it.</param>
internal sealed class AppendGroup(long maxBytes)
{
    /// <summary>
    /// The most events in a group, so that no caller waits long for the appends of others. A single append may have more.
    /// </summary>
    private const int MaxEvents = 512;

    private readonly Dictionary<StreamName, StreamBatch> _slots = [];
    private HashSet<StreamName>? _closed;
    private int _events;
    private long _bytes;

    public IReadOnlyCollection<StreamBatch> Slots => _slots.Values;

    public bool IsFull => _events >= MaxEvents || _bytes >= maxBytes;

    public bool Contains(StreamName stream) => _slots.ContainsKey(stream);

    /// <summary>
    /// Whether there is room for an append. An append that expects its stream at a given version can't follow another to the same stream in
    /// a group: the version after that one is known only once it is written.
    /// </summary>
    public bool Accepts(AppendPlan plan)
        => (_events == 0 || (_events + plan.Events.Count <= MaxEvents && _bytes + plan.Bytes <= maxBytes))
        && (plan.Expected.Version is null || !Contains(plan.Stream))
        && _closed?.Contains(plan.Stream) != true;

    /// <summary>Accepts nothing more for the stream: an append was left out, and later ones must not pass it.</summary>
    public void Close(StreamName stream) => (_closed ??= []).Add(stream);

    public void Add(PendingWrite write)
    {
        var plan = (AppendPlan)write.Plans[0];
        if (!_slots.TryGetValue(plan.Stream, out var slot))
            _slots.Add(plan.Stream, slot = new(plan.Stream, plan.Expected));

        slot.Add(write, plan);
        _events += plan.Events.Count;
        _bytes += plan.Bytes;
    }
}
