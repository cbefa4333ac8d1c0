namespace EventStore.EF;

/// <summary>
/// What a durable subscription does next: pure transitions, without I/O, threads or clock. Whoever runs it carries out the
/// step it names and reports back.
/// </summary>
/// <remarks><code>
///            page is not the last            attached             buffer overflowed and drained
///              ┌───────┐                ┌──────────────────▶ Live ──────────────────┐
///              ▼       │                │                                           │
///  start ──▶ CatchingUp ──▶ at the end ─┘◀──────── tail is ahead: read again         │
///              ▲                                                                    │
///              └────────────────────────────────────────────────────────────────────┘
/// </code>
/// In either state: a checkpoint that is due comes first, then delivery of what has been received, then fetching more.
/// </remarks>
internal sealed class SubscriptionMachine(long checkpoint, int checkpointEvery, TimeSpan checkpointAfter)
{
    private readonly Queue<RecordedEvent> _pending = new();
    private long _received = checkpoint;
    private long _finished = checkpoint;
    private long _checkpoint = checkpoint;
    private int _handled;
    private TimeSpan? _unsavedSince;
    private bool _atEnd;
    private bool _overflowed;

    /// <summary>Whether events come from the live buffer rather than from pages.</summary>
    public bool IsLive { get; private set; }

    /// <summary>Everything up to this position is handled or filtered out.</summary>
    public long Finished => _finished;

    /// <summary>Whether a checkpoint would move.</summary>
    public bool HasUnsaved => _finished > _checkpoint;

    /// <summary>The next step.</summary>
    /// <param name="now">Any clock that only goes forward.</param>
    public SubscriptionStep Next(TimeSpan now)
    {
        if (HasUnsaved && (_handled >= checkpointEvery || now - _unsavedSince >= checkpointAfter))
            return new(SubscriptionStepKind.Checkpoint, _finished);

        if (_pending.TryPeek(out var next))
            return new(SubscriptionStepKind.Deliver, next.Position, next);

        if (IsLive && _overflowed)
        {
            IsLive = false;
            _atEnd = false;
        }

        if (IsLive)
            return new(SubscriptionStepKind.Wait, _received, Within: _unsavedSince is { } since ? since + checkpointAfter - now : null);

        return _atEnd
            ? new(SubscriptionStepKind.Attach, _received)
            : new(SubscriptionStepKind.ReadPage, _received + 1);
    }

    /// <summary>A page asked for by <see cref="SubscriptionStepKind.ReadPage"/> has come.</summary>
    public void PageArrived(IReadOnlyList<RecordedEvent> events, long through, bool isEnd, TimeSpan now)
    {
        Receive(events, through, now);
        _atEnd = isEnd;
    }

    /// <summary>The live buffer took the subscription in, or refused because it is ahead already.</summary>
    public void Attached(bool accepted)
    {
        IsLive = accepted;
        _overflowed = false;
        _atEnd = accepted;
    }

    /// <summary>The live buffer was emptied.</summary>
    /// <param name="events">What it held.</param>
    /// <param name="through">Up to which position it was complete.</param>
    /// <param name="overflowed">Whether it has given up after that position, because it was full.</param>
    /// <param name="now">Any clock that only goes forward.</param>
    public void LiveArrived(IReadOnlyList<RecordedEvent> events, long through, bool overflowed, TimeSpan now)
    {
        Receive(events, through, now);
        _overflowed = overflowed;
    }

    /// <summary>The event named by the last <see cref="SubscriptionStepKind.Deliver"/> is handled.</summary>
    public void Delivered(TimeSpan now)
    {
        var @event = _pending.Dequeue();
        _handled++;
        Finish(_pending.Count == 0 ? _received : @event.Position, now);
    }

    /// <summary>The checkpoint is written.</summary>
    public void Checkpointed(long position, TimeSpan now)
    {
        _checkpoint = position;
        _handled = 0;
        _unsavedSince = HasUnsaved ? now : null;
    }

    private void Receive(IReadOnlyList<RecordedEvent> events, long through, TimeSpan now)
    {
        foreach (var @event in events)
        {
            // What the tail reads and what a page read before may overlap.
            if (@event.Position > _received)
                _pending.Enqueue(@event);
        }

        _received = Math.Max(_received, through);
        if (_pending.Count == 0)
            Finish(_received, now);
    }

    private void Finish(long position, TimeSpan now)
    {
        if (position <= _finished)
            return;

        _finished = position;
        _unsavedSince ??= now;
    }
}
