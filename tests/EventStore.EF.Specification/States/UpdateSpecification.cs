namespace EventStore.EF.Specification;

/// <summary>Updates of one stream are fair to each other, and end.</summary>
public abstract class UpdateSpecification(StoreFixture fixture) : StoreSpecification(fixture)
{
    private int _decisions;

    [Fact]
    public async Task Fifty_updates_at_once_need_no_more_than_200_decisions()
    {
        var stream = NewStream();
        var results = await AtOnceAsync(50, _ => Events.UpdateAsync<Counter>(stream, Next, Ct));

        Assert.All(results, result => Assert.Null(result.Exception));
        await AssertNumbersAsync(stream, [.. Enumerable.Range(0, 50)]);
        Assert.InRange(_decisions, 50, 200);
    }

    [Fact]
    public async Task A_decision_of_20_milliseconds_wins_against_four_busy_loops_within_ten_attempts()
    {
        var stream = NewStream();
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        using var busy = new CountdownEvent(4);
        var loops = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (var round = 0; !stopping.IsCancellationRequested; round++)
            {
                await Events.UpdateAsync<Counter>(stream, counter => [new Numbered(counter.Count)], Ct);
                if (round == 3)
                    busy.Signal();
            }
        })).ToArray();
        await Task.Run(() => busy.Wait(Ct), Ct);

        using var never = new ManualResetEventSlim();
        await Task.Run(() => Events.UpdateAsync<Counter>(stream, counter =>
        {
            never.Wait(TimeSpan.FromMilliseconds(20), Ct);
            return Next(counter);
        }, Ct));
        await stopping.CancelAsync();
        await Task.WhenAll(loops);

        Assert.InRange(_decisions, 1, 10);
        Assert.Equal((await ReadAsync(stream)).Count, (await Events.Streams.FindAsync(stream, Ct))!.Version);
    }

    [Fact]
    public async Task An_update_ends_with_a_typed_error_when_plain_appends_are_faster_each_time()
    {
        var stream = NewStream();
        await using var store = Fixture.CreateStore(Database, builder => builder.Configure(options => options.MaxUpdateAttempts = 5));
        var exception = await Assert.ThrowsAsync<UpdateConflictException>(() => store.Events.UpdateAsync<Counter>(stream, counter =>
        {
            Wait(store.Events.AppendAsync(stream, ExpectedVersion.Any, new Numbered(0), cancellationToken: Ct));
            return Next(counter);
        }, Ct));

        Assert.Equal((stream, 5, 5), (exception.Stream, exception.Attempts, _decisions));
        Assert.IsType<WrongExpectedVersionException>(exception.InnerException);
        await AssertNumbersAsync(stream, 0, 0, 0, 0, 0);
    }

    [Fact]
    public async Task While_an_update_decides_in_its_turn_other_processes_update_the_same_stream()
    {
        var stream = NewStream();
        await using var other = Fixture.CreateStore(Database);
        await Events.UpdateAsync<Counter>(stream, counter =>
        {
            if (counter.Count < 3)
                Wait(other.Events.UpdateAsync<Counter>(stream, seen => [new Numbered(seen.Count)], Ct));

            return Next(counter);
        }, Ct);

        await AssertNumbersAsync(stream, 0, 1, 2, 3);
    }

    [Fact]
    public async Task An_update_that_waits_for_another_one_of_the_same_stream_gets_its_turn()
    {
        var stream = NewStream();
        await Events.UpdateAsync<Counter>(stream, counter =>
        {
            if (counter.Count < 2)
                Wait(Events.UpdateAsync<Counter>(stream, seen => [new Numbered(seen.Count)], Ct));

            return Next(counter);
        }, Ct);

        await AssertNumbersAsync(stream, 0, 1, 2);
    }

    [Fact]
    public async Task What_a_decision_throws_ends_its_turn()
    {
        var stream = NewStream();
        await Assert.ThrowsAsync<WrongExpectedVersionException>(() => Events.UpdateAsync<Counter>(stream, counter =>
        {
            if (counter.Count == 0)
                Wait(Events.AppendAsync(stream, ExpectedVersion.Any, new Numbered(0), cancellationToken: Ct));
            else
                Wait(Events.AppendAsync(stream, ExpectedVersion.NoStream, new Numbered(0), cancellationToken: Ct));

            return Next(counter);
        }, Ct));

        await Events.UpdateAsync<Counter>(stream, Next, Ct);
        Assert.Equal(3, _decisions + 1);
        await AssertNumbersAsync(stream, 0, 1);
    }

    private IEnumerable<object> Next(Counter counter)
    {
        Interlocked.Increment(ref _decisions);
        return [new Numbered(counter.Count)];
    }

    /// <summary>As a decision does that asks somebody.</summary>
    private static void Wait(Task task) => Task.Run(() => task, Ct).GetAwaiter().GetResult();
}
