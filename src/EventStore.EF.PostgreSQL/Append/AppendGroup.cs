namespace EventStore.EF.PostgreSQL;

/// <summary>Appends that go to the server together: those to one stream share a slot, as if they were one append.</summary>
/// <param name="maxBytes">The most bytes of a group's payloads and metadata, which one append alone may exceed.</param>
internal sealed class AppendGroup(long maxBytes)
{
    /// <summary>The most events of a group, so that nobody's answer waits long for the others'. One append alone may have more.</summary>
    private const int MaxEvents = 512;

    private readonly Dictionary<StreamName, AppendSlot> _slots = [];
    private int _events;
    private long _bytes;

    public IReadOnlyCollection<AppendSlot> Slots => _slots.Values;

    public bool IsFull => _events >= MaxEvents || _bytes >= maxBytes;

    public bool Contains(StreamName stream) => _slots.ContainsKey(stream);

    /// <summary>
    /// Whether there is room for an append. One that must find its stream at a version can't follow another of the same stream: where
    /// that one leaves it is known only when it is written.
    /// </summary>
    public bool Accepts(AppendPlan plan)
        => (_events == 0 || (_events + plan.Events.Count <= MaxEvents && _bytes + plan.Bytes <= maxBytes)) && (plan.Expected.Version is null || !Contains(plan.Stream));

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
