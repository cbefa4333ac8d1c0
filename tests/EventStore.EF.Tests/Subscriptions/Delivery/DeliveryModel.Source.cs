using EventStore.EF.Subscriptions.Delivery;

namespace EventStore.EF.Tests.Subscriptions.Delivery;

/// <content>The store, its tail, and whoever carries out the machine's steps.</content>
internal sealed partial class DeliveryModel
{
    private void Append(int choice)
    {
        if (_store.Count > 400)
            return;

        // Gaps are normal, and every fourth event is filtered out.
        for (var more = choice % 23 == 0 ? 60 : 1 + (choice % 3); more > 0; more--, choice += 7)
        {
            var place = Head + 1 + (choice % 11 == 0 ? 2 : 0);
            var key = _case.Keys > 0 && choice % 13 != 0 ? $"key {choice / 3 % _case.Keys}" : null;
            _store.Add(_events[place] = new(Item(place, key, choice), choice % 4 != 0));
        }
    }

    private static DeliveryItem Item(long place, string? key, int choice) => new(
        Recorded.At(place, stream: choice % 3 == 0 ? "numbers" : "letters", correlationId: choice % 5 == 0 ? Guid.Empty : null, size: choice % 17), key, null);

    private void ReadTail()
    {
        if (!_isAttached || _hasOverflowed)
            return;

        foreach (var stored in _store.Where(stored => stored.Place > _tail))
        {
            if (stored.IsWanted && _tailBuffer.Count == _case.PageSize)
            {
                _hasOverflowed = true;
                return;
            }

            if (stored.IsWanted)
                _tailBuffer.Add(stored);

            _tail = stored.Place;
        }
    }

    private void Step()
    {
        if (_report is { } report)
        {
            _report = null;
            report();
            return;
        }

        var hasRoom = HasRoom;
        var step = _machine.Next(_now);
        if (IsCheckpointDue())
        {
            Assert.Equal((DeliveryStepKind.Checkpoint, Finished), (step.Kind, step.Place));
            _report = () => Saved(step.Place);
            return;
        }

        if (Parkable().Any())
        {
            Assert.Equal(DeliveryStepKind.Park, step.Kind);
            Park(step.Items);
            return;
        }

        if (hasRoom && _source is ModelSource.Overflowed)
            _source = ModelSource.CatchingUp;

        Assert.Equal(_source is ModelSource.Live or ModelSource.Overflowed, _machine.IsLive);
        switch (_source)
        {
            case ModelSource.CatchingUp when hasRoom:
                Assert.Equal((DeliveryStepKind.ReadPage, _received + 1), (step.Kind, step.Place));
                ReadPage(step.Place);
                break;
            case ModelSource.AtEnd when hasRoom:
                Assert.Equal((DeliveryStepKind.Attach, _received), (step.Kind, step.Place));
                Attach(step.Place);
                break;
            default:
                Assert.Equal((DeliveryStepKind.Wait, _unsavedSince + Limits.CheckpointAfter - _now), (step.Kind, step.Within));
                TakeLive();
                break;
        }
    }

    private void Park(IReadOnlyList<DeliveryItem> items)
    {
        Assert.Equal(Parkable().Order(), items.Select(item => item.Place).Order());
        foreach (var key in items.GroupBy(item => item.Key))
            Assert.Equal(key.Select(item => item.Place).Order(), key.Select(item => item.Place));

        foreach (var stored in items.Select(Find))
            stored.State = ModelState.Parking;

        _report = () =>
        {
            _machine.Parked(items, _now);
            foreach (var stored in items.Select(Find))
            {
                Finish(stored);
                stored.WasParked = true;
            }
        };
    }

    private IEnumerable<long> Parkable()
        => from stored in Received
           where stored.State is ModelState.Waiting && IsParked(stored) && !Received.Any(other => other.Key == stored.Key && other.State is ModelState.Sent)
           select stored.Place;

    private bool IsParked(ModelEvent stored) => stored.Key is not null && _parked.Contains(stored.Key);

    private bool IsCheckpointDue()
        => Finished > _saved && (_finishedSinceSaved >= Limits.CheckpointEvery || _now - _unsavedSince >= Limits.CheckpointAfter);

    private void Saved(long place)
    {
        _machine.Checkpointed(place, _now);
        if (place <= _saved)
            return;

        _saved = place;
        _finishedSinceSaved = 0;
        _unsavedSince = Finished > _saved ? _now : null;
    }

    private void ReadPage(long from)
    {
        var page = _store.Where(stored => stored.Place >= from && stored.IsWanted).Take(_case.PageSize).ToArray();
        var isEnd = page.Length < _case.PageSize;
        var through = isEnd ? Math.Max(Head, from - 1) : page[^1].Place;
        _report = () =>
        {
            _machine.PageArrived([.. page.Select(stored => stored.Item)], through, isEnd, _now);
            _received = Math.Max(_received, through);
            _source = isEnd ? ModelSource.AtEnd : ModelSource.CatchingUp;
        };
    }

    private void Attach(long place)
    {
        var isAccepted = !_refusesNext;
        _refusesNext = false;
        if (isAccepted)
        {
            // The tail may repeat what a page had already.
            (_isAttached, _hasOverflowed, _tailBuffer, _tail) = (true, false, [], Math.Max(0, place - 2));
        }

        _report = () =>
        {
            _machine.Attached(isAccepted);
            _source = isAccepted ? ModelSource.Live : ModelSource.CatchingUp;
        };
    }

    /// <summary>Another state of the store answers: what was filtered out behind the last received event is another event there.</summary>
    private void GoBack(int choice)
    {
        if (_report is not null)
            return;

        var last = Received.LastOrDefault()?.Place ?? 0;
        var certain = last + (choice % (_received - last + 1));
        foreach (var stored in _store.Where(stored => stored.Place > certain))
            stored.IsWanted |= choice % 2 == 0;

        _machine.ReadAgain(certain);
        _received = certain;
        (_source, _isAttached, _tailBuffer) = (ModelSource.CatchingUp, false, []);
        if (Finished <= _saved)
            _unsavedSince = null;
    }

    private void TakeLive()
    {
        Assert.Equal(HasRoom, _machine.HasRoom);
        if (!_machine.HasRoom)
            return;

        var (events, through, overflowed) = (_tailBuffer, _tail, _hasOverflowed);
        _tailBuffer = [];
        _machine.LiveArrived([.. events.Select(stored => stored.Item)], through, overflowed, _now);
        if (_source is not ModelSource.Live)
            return;

        _received = Math.Max(_received, through);
        if (overflowed)
            _source = ModelSource.Overflowed;
    }
}
