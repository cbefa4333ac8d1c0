using CsCheck;

namespace EventStore.EF.Tests.Subscriptions;

/// <summary>The machine, the live buffer and a store that grows, driven in random order against a model.</summary>
public class SubscriptionMachineModelTests
{
    [Fact]
    public void Whatever_happens_each_wanted_event_is_delivered_once_in_order_and_the_checkpoint_never_passes_it()
    {
        var actions = Gen.Int[0, 9].List[1, 400];
        Gen.Select(actions, Gen.OneOf(Gen.Const(1), Gen.Const(2), Gen.Const(5), Gen.Const(1000)), Gen.OneOf(Gen.Const(1), Gen.Const(3), Gen.Const(100)), Gen.Int[1, 7]).Sample((steps, bufferSize, checkpointEvery, pageSize) =>
        {
            var run = new Run(bufferSize, checkpointEvery, pageSize);
            foreach (var step in steps)
                run.Act(step);

            run.Drain();
            Assert.Equal(run.Wanted, run.Delivered);
            Assert.Equal(run.Head, run.Machine.Finished);
        }, iter: 3000);
    }

    private sealed class Run(int bufferSize, int checkpointEvery, int pageSize)
    {
        private readonly List<RecordedEvent> _store = [];
        private readonly LiveBuffer _buffer = new(EventFilter.Types("wanted"), bufferSize);
        private bool _isAttached;
        private long _tail;
        private TimeSpan _now;

        public SubscriptionMachine Machine { get; } = new(0, checkpointEvery, TimeSpan.FromSeconds(1));

        public List<long> Delivered { get; } = [];

        public IEnumerable<long> Wanted => _store.Where(@event => @event.EventType == "wanted").Select(@event => @event.Position);

        public long Head => _store.Count == 0 ? 0 : _store[^1].Position;

        public void Act(int action)
        {
            _now += TimeSpan.FromMilliseconds(100);
            switch (action)
            {
                case <= 2:
                    // Gaps in the positions are normal.
                    _store.Add(Recorded.At(Head + 1 + (action == 0 ? 2 : 0), action == 1 ? "other" : "wanted"));
                    break;
                case 3:
                    ReadTail();
                    break;
                default:
                    Step();
                    break;
            }
        }

        public void Drain()
        {
            while (true)
            {
                ReadTail();
                if (Machine.IsLive && Machine.Next(_now).Kind is SubscriptionStepKind.Wait)
                {
                    Step();
                    if (Machine.Next(_now).Kind is SubscriptionStepKind.Wait && Machine.Finished == Head)
                        return;
                }

                Step();
            }
        }

        private void ReadTail()
        {
            if (!_isAttached)
                return;

            var events = _store.Where(@event => @event.Position > _tail).ToArray();
            if (events.Length == 0)
                return;

            _tail = events[^1].Position;
            _isAttached = _buffer.Offer(events, _tail);
        }

        private void Step()
        {
            var step = Machine.Next(_now);
            switch (step.Kind)
            {
                case SubscriptionStepKind.ReadPage:
                    var rest = _store.Where(@event => @event.Position >= step.Position && @event.EventType == "wanted").Take(pageSize).ToArray();
                    var isFull = rest.Length == pageSize;
                    Machine.PageArrived(rest, isFull ? rest[^1].Position : Math.Max(Head, step.Position - 1), !isFull, _now);
                    break;
                case SubscriptionStepKind.Attach:
                    // Another subscription may have drawn the tail further.
                    var accepted = !_isAttached && step.Position >= _tail;
                    if (accepted)
                    {
                        _tail = step.Position;
                        _buffer.Start(step.Position);
                        _isAttached = true;
                    }

                    Machine.Attached(accepted);
                    break;
                case SubscriptionStepKind.Deliver:
                    Delivered.Add(step.Event!.Position);
                    Machine.Delivered(_now);
                    break;
                case SubscriptionStepKind.Checkpoint:
                    Assert.DoesNotContain(Wanted, position => position <= step.Position && !Delivered.Contains(position));
                    Machine.Checkpointed(step.Position, _now);
                    break;
                default:
                    var (events, through, overflowed) = _buffer.Take();
                    Machine.LiveArrived(events, through, overflowed, _now);
                    break;
            }
        }
    }
}
