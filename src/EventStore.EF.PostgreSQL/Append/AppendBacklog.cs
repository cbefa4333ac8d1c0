namespace EventStore.EF.PostgreSQL;

/// <summary>
/// The appends that wait, in order, and the streams that are being written to. Of one stream one statement is on its way at a time;
/// what comes meanwhile stays behind it, out of the way of the others. Not safe for use by several threads.
/// </summary>
/// <param name="groupBytes">The most bytes of a group.</param>
internal sealed class AppendBacklog(long groupBytes)
{
    private readonly LinkedList<PendingWrite> _waiting = new();

    /// <summary>The streams being written to, with what stays behind them.</summary>
    private readonly Dictionary<StreamName, List<PendingWrite>?> _busy = [];

    /// <summary>Whether nothing waits, leaving aside what stays behind a stream.</summary>
    public bool IsEmpty => _waiting.Count == 0;

    public bool IsBusy(StreamName stream) => _busy.ContainsKey(stream);

    public void Occupy(StreamName stream) => _busy.Add(stream, null);

    public void Add(PendingWrite write) => _waiting.AddLast(write);

    /// <summary>Takes what can be sent together now, oldest first; <see langword="null"/> when there is nothing.</summary>
    public AppendGroup? Take()
    {
        var group = new AppendGroup(groupBytes);
        for (var node = _waiting.First; node is not null && !group.IsFull;)
        {
            var next = node.Next;
            if (IsTaken(node.Value, group))
                _waiting.Remove(node);

            node = next;
        }

        foreach (var slot in group.Slots)
            Occupy(slot.Stream);

        return group.Slots.Count > 0 ? group : null;
    }

    /// <summary>Fails whatever waits.</summary>
    public void Fail(Exception exception)
    {
        foreach (var write in _waiting.Concat(_busy.Values.SelectMany(behind => behind ?? [])))
        {
            if (write.TryTake())
                write.TrySetException(exception);
        }

        _waiting.Clear();
    }

    /// <summary>The stream is no longer being written to; what stayed behind it comes first now.</summary>
    public void Free(StreamName stream)
    {
        _busy.Remove(stream, out var behind);
        Return(behind);
    }

    /// <summary>These stay behind their busy stream, before what is there already.</summary>
    public void PutBehind(StreamName stream, IReadOnlyList<PendingWrite> writes)
    {
        if (writes.Count > 0)
            _busy[stream] = [.. writes, .. _busy[stream] ?? []];
    }

    private void Return(List<PendingWrite>? writes)
    {
        for (var index = (writes?.Count ?? 0) - 1; index >= 0; index--)
            _waiting.AddFirst(writes![index]);
    }

    /// <summary>Whether a write leaves the waiting ones: for the group, to stay behind its stream, or because it was cancelled.</summary>
    private bool IsTaken(PendingWrite write, AppendGroup group)
    {
        var plan = (AppendPlan)write.Plans[0];
        if (_busy.TryGetValue(plan.Stream, out var behind))
        {
            if (behind is null)
                _busy[plan.Stream] = behind = [];

            behind.Add(write);
            return true;
        }

        if (!group.Accepts(plan))
            return false;

        if (write.TryTake())
            group.Add(write);

        return true;
    }
}
