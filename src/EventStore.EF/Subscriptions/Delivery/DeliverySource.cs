namespace EventStore.EF.Subscriptions.Delivery;

/// <summary>Tracks where a subscription's events come from, and up to where they were received.</summary>
/// <remarks><code>
///           page, not the last
///              ┌────┐        last page           attached           overflowed
///              │    ▼        ────────▶           ────────▶          ────────▶
///  start ──▶ CatchingUp                  AtEnd              Live               Overflowed
///              ▲    ▲        ◀────────                                             │
///              │    └─ refused: the tail is ahead; or a page, not the last         │
///              └─────────────────────────────────────────────── room in the queue ─┘
///
///  input \ state  CatchingUp             AtEnd                  Live                    Overflowed
///  next, room     ReadPage               Attach                 Wait                    ReadPage → CatchingUp
///  next, no room  Wait                   Wait                   Wait                    Wait
///  page           received; the last     received; not the      received                received
///                 one → AtEnd            last → CatchingUp
///  attached       exception              accepted → Live,       exception               exception
///                                        refused → CatchingUp
///  live events    dropped                dropped                received; overflowed    dropped
///                                                               → Overflowed
///  read again     CatchingUp             → CatchingUp           → CatchingUp            → CatchingUp
/// </code>
/// Live events are dropped where others may be missing before them; pages bring them.
/// </remarks>
internal sealed class DeliverySource(long checkpoint)
{
    private State _state;

    private enum State
    {
        CatchingUp,
        AtEnd,
        Live,
        Overflowed,
    }

    /// <summary>The position up to which every event was received or filtered out.</summary>
    public long Received { get; private set; } = checkpoint;

    /// <summary>Whether events come from the live buffer rather than from pages.</summary>
    public bool IsLive => _state is State.Live or State.Overflowed;

    /// <summary>Whether live events are received rather than dropped.</summary>
    public bool TakesLive => _state is State.Live;

    public DeliveryStepKind Next(bool hasRoom)
    {
        if (!hasRoom)
            return DeliveryStepKind.Wait;

        if (_state is State.Overflowed)
            _state = State.CatchingUp;

        return _state switch
        {
            State.CatchingUp => DeliveryStepKind.ReadPage,
            State.AtEnd => DeliveryStepKind.Attach,
            _ => DeliveryStepKind.Wait,
        };
    }

    public void PageArrived(bool isEnd)
    {
        if (!IsLive)
            _state = isEnd ? State.AtEnd : State.CatchingUp;
    }

    public void Attached(bool accepted)
    {
        if (_state is not State.AtEnd)
        {
            throw new InvalidOperationException(
                $"A subscription attaches only after it has read up to the end; it is {_state} and has received up to {Received}.");
        }

        _state = accepted ? State.Live : State.CatchingUp;
    }

    public void Overflow() => _state = State.Overflowed;

    /// <summary>Makes everything after the position arrive again, in pages.</summary>
    public void ReadAgain(long after)
    {
        Received = Math.Min(Received, after);
        _state = State.CatchingUp;
    }

    /// <summary>Advances to the position. False if it was received before: pages and the tail reader may overlap.</summary>
    public bool Receive(long place)
    {
        if (place <= Received)
            return false;

        Received = place;
        return true;
    }
}
