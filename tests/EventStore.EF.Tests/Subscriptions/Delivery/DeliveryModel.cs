using EventStore.EF.Subscriptions.Delivery;

namespace EventStore.EF.Tests.Subscriptions.Delivery;

/// <summary>
/// A store, its tail, and consumers around a <see cref="DeliveryMachine"/>, which judge everything it says by what they remember of every
/// single event: slow and plain, without windows, heaps or queues.
/// </summary>
internal sealed partial class DeliveryModel
{
    private readonly DeliveryCase _case;
    private readonly DeliveryMachine _machine;
    private readonly List<ModelEvent> _store = [];
    private readonly Dictionary<long, ModelEvent> _events = [];
    private readonly List<ModelConsumer> _turns = [];
    private readonly HashSet<string> _parked;
    private TimeSpan _now = TimeSpan.FromHours(1);

    private long _received;
    private long _saved;
    private int _finishedSinceSaved;
    private TimeSpan? _unsavedSince;

    /// <summary>What runs between a step and its report: the other side goes on meanwhile.</summary>
    private Action? _report;

    private List<ModelEvent> _tailBuffer = [];
    private long _tail;
    private bool _isAttached;
    private bool _hasOverflowed;
    private ModelSource _source;
    private bool _refusesNext;
    private bool _hasLeft;

    public DeliveryModel(DeliveryCase @case)
    {
        _case = @case;
        _parked = @case.Keys > 0 ? ["key 0"] : [];
        Limits = new(@case.BufferSize, @case.QueueSize, @case.Bytes, @case.BatchSize, @case.RefillAt, @case.CheckpointEvery, TimeSpan.FromSeconds(1), @case.MixBatches, @case.OrderByKey);
        _machine = new(0, Limits, _parked);
        Join();
    }

    private DeliveryLimits Limits { get; }

    private IEnumerable<ModelEvent> Received => _store.Where(stored => stored.IsWanted && stored.Place <= _received);

    private IEnumerable<ModelEvent> Unfinished => Received.Where(stored => stored.State is not ModelState.Finished);

    private int Queued => Received.Count(stored => stored.State is ModelState.Waiting or ModelState.Parking);

    private long QueuedBytes => Received.Where(stored => stored.State is ModelState.Waiting or ModelState.Parking).Sum(stored => stored.Size);

    private bool HasRoom => Queued < Limits.QueueSize && QueuedBytes < Limits.Bytes;

    private long Finished => Unfinished.FirstOrDefault() is { } first ? first.Place - 1 : _received;

    private long Head => _store.Count == 0 ? 0 : _store[^1].Place;

    public void Act(int action, int choice)
    {
        switch (action)
        {
            case 0 or 1:
                Append(choice);
                break;
            case 2:
                ReadTail();
                break;
            case 3 or 4 or 5 or 6:
                Step();
                break;
            case 7 or 8 or 9:
                SendBatch();
                break;
            case 10 or 11:
                Acknowledge(choice, (sent, _) => sent[0]);
                break;
            case 12:
                Acknowledge(choice, (sent, chosen) => sent[chosen % sent.Count]);
                break;
            case 13:
                AcknowledgeAgain(choice);
                break;
            case 14:
                AcknowledgeWhatWasNotSent(choice);
                break;
            case 15:
                FinishOne(choice, isParked: false);
                break;
            case 16:
                FinishOne(choice, isParked: true);
                break;
            case 17:
                Unpark($"key {choice % 7}");
                break;
            case 18:
                Leave(choice);
                break;
            case 19:
                Join();
                break;
            case 20:
                _now += Limits.CheckpointAfter * (choice % 5) / 4;
                break;
            case 21:
                SaveFromOutside(choice);
                break;
            case 22:
                _refusesNext = true;
                break;
            case 23:
                GiveBack(choice);
                break;
            case 24:
                GoBack(choice);
                break;
        }

        Check();
    }

    /// <summary>Goes on, with consumers that acknowledge everything, until all is finished and saved.</summary>
    public void Drain()
    {
        Join();
        for (var round = 0; !IsDone(); round++)
        {
            Assert.True(round < 20_000, "The machine stalled.");
            ReadTail();
            Step();
            Check();
            while (SendBatch())
                Check();

            for (var consumer = 0; consumer < _turns.Count; consumer++)
                Acknowledge(consumer, (sent, _) => sent[^1]);

            Check();
            _now += Limits.CheckpointAfter / 2;
        }

        Assert.All(_store.Where(stored => stored.IsWanted), stored => Assert.True(stored.WasSent || stored.WasParked));
        Assert.Equal(Head, _machine.Finished);
        Assert.Equal(Head, _saved);
    }

    private bool IsDone() => _report is null && _received == Head && _machine is { IsLive: true, InFlight: 0, Queued: 0, HasUnsaved: false };

    private void Check()
    {
        if (Finished > _saved)
            _unsavedSince ??= _now;

        Assert.Equal(Finished, _machine.Finished);
        Assert.Equal(Finished > _saved, _machine.HasUnsaved);
        Assert.Equal(Queued, _machine.Queued);
        Assert.Equal(_turns.Sum(consumer => consumer.Sent.Count), _machine.InFlight);
        Assert.All(_turns, consumer => Assert.True(consumer.Sent.Count <= Limits.BufferSize));
        Assert.All(_turns, consumer => Assert.True(consumer.Sent.SkipLast(1).Sum(stored => stored.Size) < Limits.Bytes));

        // More than this only by what consumers that left, or gave back, had in flight.
        Assert.True(_machine.Queued + _machine.InFlight < Limits.QueueSize + _case.PageSize + (_case.Consumers * Limits.BufferSize));
        Assert.True(_hasLeft || _machine.Queued < Limits.QueueSize + _case.PageSize);
    }

    private ModelEvent Find(DeliveryItem item) => _events[item.Place];

    private enum ModelSource
    {
        CatchingUp,
        AtEnd,
        Live,
        Overflowed,
    }
}
