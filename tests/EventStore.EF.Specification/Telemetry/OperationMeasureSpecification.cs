namespace EventStore.EF.Specification;

/// <summary>What is measured of calls to the store.</summary>
public abstract class OperationMeasureSpecification(StoreFixture fixture) : StoreSpecification(fixture)
{
    private const string Duration = "messaging.client.operation.duration";

    [Fact]
    public async Task An_append_is_measured_with_its_outcome_and_its_events()
    {
        using var measured = new Measurements(Store);
        await Events.AppendManyAsync(NewStream(), ExpectedVersion.NoStream, Numbered(3), Ct);

        Assert.Equal(1, measured.Count(Duration, ("messaging.operation.name", "append"), ("eventstore.outcome", "success"), ("messaging.system", "eventstore")));
        Assert.InRange(measured.Sum(Duration), 0.000001, 60);
        Assert.Equal(3, measured.Sum("messaging.client.sent.messages", ("messaging.operation.name", "append")));
        Assert.Equal([1.0], measured.Of("eventstore.append.group.size"));
        Assert.Equal(0, measured.Count("eventstore.append.conflicts"));
    }

    [Fact]
    public async Task A_conflict_is_counted()
    {
        var stream = NewStream();
        await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(1), Ct);
        using var measured = new Measurements(Store);
        await Assert.ThrowsAsync<WrongExpectedVersionException>(
            () => Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(2), Ct));

        Assert.Equal(1, measured.Sum("eventstore.append.conflicts"));
        Assert.Equal(
            1, measured.Count(Duration, ("eventstore.outcome", "conflict"), ("error.type", "EventStore.EF.WrongExpectedVersionException")));
        Assert.Equal(2, measured.Sum("messaging.client.sent.messages", ("error.type", "EventStore.EF.WrongExpectedVersionException")));
        Assert.Equal(0, measured.Count("eventstore.append.unknown_outcome"));
    }

    [Fact]
    public async Task Each_append_is_in_one_group()
    {
        using var measured = new Measurements(Store);
        var outcomes = await AtOnceAsync(50, _ => Events.AppendManyAsync(NewStream(), ExpectedVersion.NoStream, Numbered(1), Ct));

        Assert.All(outcomes, outcome => Assert.Null(outcome.Exception));
        Assert.Equal(50, measured.Sum("eventstore.append.group.size"));
        Assert.InRange(measured.Count("eventstore.append.group.size"), 1, 49);
    }

    [Fact]
    public async Task Reads_links_and_folded_events_are_measured()
    {
        var (stream, target) = (NewStream(), NewStream());
        await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(3), Ct);
        using var measured = new Measurements(Store);
        var events = await ReadAsync(stream, new() { PageSize = 2 });
        await Events.LinkAsync(target, ExpectedVersion.NoStream, events, Ct);
        await Events.LoadAsync<Counter>(stream, Ct);

        // Two pages, and that of the load.
        Assert.Equal(3, measured.Count(Duration, ("messaging.operation.name", "read"), ("eventstore.outcome", "success")));
        Assert.Equal(1, measured.Count(Duration, ("messaging.operation.name", "link"), ("eventstore.outcome", "success")));
        Assert.Equal(0, measured.Count("messaging.client.sent.messages"));
        Assert.Equal([3.0], measured.Of("eventstore.state.events_folded", ("eventstore.state", "Counter")));
    }

    [Fact]
    public async Task No_tag_has_the_name_of_a_stream()
    {
        using var measured = new Measurements(Store);
        var stream = NewStream("ada");
        await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(1), Ct);
        await Assert.ThrowsAsync<WrongExpectedVersionException>(
            () => Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(1), Ct));
        await Events.LoadAsync<Account>(stream, Ct);

        Assert.NotEmpty(measured.TagValues);
        Assert.DoesNotContain(measured.TagValues, value => value.Contains("ada", StringComparison.Ordinal));
    }
}
