using EventStore.EF.Append;
using EventStore.EF.Storage;

namespace EventStore.EF.PostgreSQL.Append;

/// <summary>
/// The waiting appends, in order, and the streams being written to. Each stream has at most one statement in flight; later appends to it
/// queue behind it and don't delay other streams. Not thread-safe.
/// </summary>
/// <param name="groupBytes">The maximum size of a group, in bytes.</param>
internal sealed class AppendBacklog(long groupBytes)
{
    private readonly LinkedList<PendingWrite> _waiting = new();

    /// <summary>The streams being written to, each with the appends queued behind it.</summary>
    private readonly Dictionary<StreamName, List<PendingWrite>?> _busy = [];

    /// <summary>Whether no append waits, apart from those queued behind a busy stream.</summary>
    public bool IsEmpty => _waiting.Count == 0;

    public bool IsBusy(StreamName stream) => _busy.ContainsKey(stream);

    public void Occupy(StreamName stream) => _busy.Add(stream, null);

    public void Add(PendingWrite write) => _waiting.AddLast(write);

    /// <summary>Takes the appends that can be sent together now, oldest first; <see langword="null"/> if there are none.</summary>
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

    /// <summary>Fails all waiting appends.</summary>
    public void Fail(Exception exception)
    {
        foreach (var write in _waiting.Concat(_busy.Values.SelectMany(behind => behind ?? [])))
        {
            if (write.TryTake())
                write.TrySetException(exception);
        }

        _waiting.Clear();
    }

    /// <summary>Marks a stream as no longer being written to, and moves the appends queued behind it to the front.</summary>
    public void Free(StreamName stream)
    {
        _busy.Remove(stream, out var behind);
        Return(behind);
    }

    /// <summary>Queues writes behind their busy stream, ahead of those already there.</summary>
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

    /// <summary>Whether a write leaves the waiting list: it joined the group, was queued behind its stream, or was cancelled.</summary>
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
        {
            group.Close(plan.Stream);
            return false;
        }

        if (write.TryTake())
            group.Add(write);

        return true;
    }
}
