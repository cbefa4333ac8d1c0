namespace EventStore.EF.Specification;

/// <summary>States whose methods take events as they are stored, with position, time and metadata.</summary>
public abstract class RecordedStateSpecification(StoreFixture fixture) : StoreSpecification(fixture)
{
    [Fact]
    public async Task A_state_is_loaded_from_its_events_as_they_are_stored()
    {
        var stream = NewStream();
        await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, [.. Numbered(2), By("Ada", 3)], Ct);
        var stored = await ReadAsync(stream);

        Assert.Equal(
            new(new(stored[0].CreatedAt, stored[2].Position, 3, "Ada"), 3), await Events.LoadAsync<Ledger>(stream, Ct));
    }

    [Fact]
    public async Task An_update_returns_the_state_that_a_load_returns_afterwards()
    {
        var stream = NewStream();

        var begun = await Events.UpdateAsync<Journal>(stream, _ => [new Numbered(1), new Numbered(2)], Ct);
        Assert.Equal((await ReadAsync(stream)).Select(@event => @event.Position), begun.State.Positions);

        var updated = await Events.UpdateAsync<Ledger>(stream, ledger => [By("Ada", 3)], Ct);
        Assert.Equal(new StreamState<Ledger>(updated.State, updated.StreamVersion), await Events.LoadAsync<Ledger>(stream, Ct));
        Assert.Equal((3, updated.LastPosition, "Ada"), (updated.State.Version, updated.State.Position, updated.State.By));

        var again = await Events.UpdateAsync<Journal>(stream, journal => [new Numbered(journal.Positions.Count)], Ct);
        Assert.Equal((await ReadAsync(stream)).Select(@event => @event.Position), again.State.Positions);
    }

    [Fact]
    public async Task In_the_callers_transaction_an_update_returns_what_was_written_in_it()
    {
        var stream = NewStream();
        await using var connection = await Database.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        var events = Events.WithTransaction(transaction);

        await events.UpdateAsync<Journal>(stream, _ => [new Numbered(1)], Ct);
        var updated = await events.UpdateAsync<Journal>(stream, _ => [new Numbered(2), new Numbered(3)], Ct);
        await transaction.CommitAsync(Ct);

        Assert.Equal((await ReadAsync(stream)).Select(@event => @event.Position), updated.State.Positions);
    }

    [Fact]
    public async Task The_state_of_an_update_ends_with_its_own_last_event()
    {
        var stream = NewStream();
        await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(30), Ct);

        var updates = await AtOnceAsync(8, _ => Events.UpdateAsync<Ledger>(stream, ledger => [new Numbered((int)ledger.Version)], Ct));

        Assert.All(updates, update => Assert.Null(update.Exception));
        Assert.All(updates, update => Assert.Equal(
            (update.Result.StreamVersion, update.Result.LastPosition), (update.Result.State.Version, update.Result.State.Position)));
        Assert.Equal(38, updates.Max(update => update.Result.StreamVersion));
    }

    [Fact]
    public async Task Events_that_the_state_cannot_take_are_not_written()
    {
        var stream = NewStream();
        await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(2), Ct);

        var refused = await ThrowsAndWritesNothingAsync<OverflowException>(() => Events.UpdateAsync<Ledger>(stream, _ => [new Numbered(-1)], Ct));
        Assert.Equal($"{stream} at 3", refused.Message);
    }

    private static NewEvent By(string name, int number) => new(new Numbered(number)) { Metadata = new() { ["by"] = name } };
}
