using System.Text;
using EventStore.EF.States;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Specification;

/// <summary>States are what their events come to, however they are loaded, and decisions are made on the newest one.</summary>
public abstract class StateSpecification(StoreFixture fixture) : StoreSpecification(fixture)
{
    private static readonly string SnapshotType = EventCatalog.Of(typeof(Account).Assembly).FindState(typeof(Account))!.SnapshotType;

    [Fact]
    public async Task A_state_is_loaded_with_the_version_that_it_stands_for()
    {
        var stream = NewStream();
        await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, [.. Numbered(3), new(new Ticked())], Ct);

        Assert.Equal(new(new(1, 6), 4), await Events.LoadAsync<Account>(stream, Ct));
    }

    [Fact]
    public async Task A_missing_stream_is_an_error_unless_the_state_begins_with_nothing()
    {
        await Assert.ThrowsAsync<StreamNotFoundException>(() => Events.LoadAsync<Account>(NewStream(), Ct));

        var (counter, version) = await Events.LoadAsync<Counter>(NewStream(), Ct);
        Assert.Equal((0, 0L), (counter.Count, version));
    }

    [Fact]
    public async Task A_stream_in_which_nothing_begins_the_state_has_none()
    {
        var stream = NewStream();
        await Events.AppendAsync(stream, ExpectedVersion.NoStream, new Ticked(), cancellationToken: Ct);

        await Assert.ThrowsAsync<StreamNotFoundException>(() => Events.LoadAsync<Account>(stream, Ct));
    }

    [Fact]
    public async Task A_type_that_is_not_marked_is_named()
        => Assert.Contains("Mark it [State]", (await Assert.ThrowsAsync<InvalidOperationException>(() => Events.LoadAsync<string>(NewStream(), Ct))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task An_update_appends_at_the_version_that_was_loaded_and_begins_a_stream()
    {
        var stream = NewStream();

        var begun = await Events.UpdateAsync<Counter>(stream, counter => [new Numbered(counter.Count)], Ct);
        var updated = await Events.UpdateAsync<Counter>(stream, counter => [new Numbered(counter.Count), new NewEvent(new Numbered(counter.Count + 1))], Ct);
        var nothing = await Events.UpdateAsync<Counter>(stream, _ => [], Ct);

        Assert.Equal((1, 3, 3, 0, 0), (begun.StreamVersion, updated.StreamVersion, nothing.StreamVersion, nothing.FirstPosition, nothing.LastPosition));
        await AssertNumbersAsync(stream, 0, 1, 2);
    }

    [Fact]
    public async Task An_update_returns_the_state_that_a_load_returns_afterwards()
    {
        var stream = NewStream();
        await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(3), Ct);

        var updated = await Events.UpdateAsync<Account>(stream, account => [new Numbered(account.Sum), new Ticked()], Ct);
        var (state, version) = await Events.LoadAsync<Account>(stream, Ct);

        Assert.Equal((state, version, new Account(1, 12)), (updated.State, updated.StreamVersion, state));
        Assert.Equal(updated.LastPosition, (await Events.ReadLastAsync(stream, Ct))!.Position);
        Assert.Equal(state, (await Events.UpdateAsync<Account>(stream, _ => [], Ct)).State);
    }

    [Fact]
    public async Task A_decision_may_wait_for_something_else_and_is_cancelled_with_the_call()
    {
        var stream = NewStream();
        var updated = await Events.UpdateAsync<Counter>(
            stream, async (counter, ct) =>
            {
                ct.ThrowIfCancellationRequested();
                await Task.Yield();
                return [new Numbered(counter.Count)];
            },
            Ct);
        Assert.Equal((1, 1L), (updated.State.Count, updated.StreamVersion));

        using var cancelling = new CancellationTokenSource();
        await ThrowsAndWritesNothingAsync<TaskCanceledException>(() => Events.UpdateAsync<Counter>(
            stream, async (_, ct) =>
            {
                await cancelling.CancelAsync();
                await Task.FromCanceled(ct);
                return [new Numbered(1)];
            },
            cancelling.Token));
    }

    [Fact]
    public async Task Events_that_the_state_cannot_take_are_not_written()
    {
        var stream = NewStream();
        await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(1), Ct);

        await ThrowsAndWritesNothingAsync<OverflowException>(() => Events.UpdateAsync<Account>(stream, _ => [new Numbered(int.MaxValue)], Ct));
    }

    [Fact]
    public async Task Where_a_state_may_be_missing_none_is_returned_and_a_deleted_stream_is_an_error()
    {
        var (stream, other) = (NewStream(), NewStream());
        await Events.AppendAsync(other, ExpectedVersion.NoStream, new Ticked(), cancellationToken: Ct);
        Assert.Null(await Events.TryLoadAsync<Account>(stream, Ct));
        Assert.Null(await Events.TryLoadAsync<Account>(other, Ct));
        Assert.Equal(0, (await Events.TryLoadAsync<Counter>(stream, Ct))!.Value.State.Count);

        await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(3), Ct);
        Assert.Equal(new StreamState<Account>(new(1, 6), 3), await Events.TryLoadAsync<Account>(stream, Ct));

        await Events.Streams.DeleteAsync(stream, ExpectedVersion.Any, Ct);
        await Assert.ThrowsAsync<StreamDeletedException>(() => Events.TryLoadAsync<Account>(stream, Ct));
    }

    [Fact]
    public async Task Updates_at_once_all_decide_on_the_newest_state()
    {
        var stream = NewStream();

        var results = await AtOnceAsync(8, _ => Events.UpdateAsync<Counter>(stream, counter => [new Numbered(counter.Count)], Ct));

        Assert.All(results, result => Assert.Null(result.Exception));
        await AssertNumbersAsync(stream, [.. Enumerable.Range(0, 8)]);
    }

    [Fact]
    public async Task What_the_decision_throws_comes_out_and_nothing_is_written()
    {
        var stream = NewStream();
        await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(1), Ct);

        await ThrowsAndWritesNothingAsync<TimeoutException>(() => Events.UpdateAsync<Counter>(stream, _ => throw new TimeoutException(), Ct));
    }

    [Fact]
    public async Task In_the_callers_transaction_a_state_is_made_of_what_that_has_written()
    {
        var stream = NewStream();
        await using var connection = await Database.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        var events = Events.WithTransaction(transaction);

        await events.UpdateAsync<Counter>(stream, counter => [new Numbered(counter.Count)], Ct);
        await events.UpdateAsync<Counter>(stream, counter => [new Numbered(counter.Count)], Ct);
        await transaction.CommitAsync(Ct);

        await AssertNumbersAsync(stream, 0, 1);
    }

    [Fact]
    public async Task A_long_tail_records_a_snapshot_and_the_next_load_begins_there()
    {
        var stream = NewStream();
        await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(9), Ct);
        await LoadAsync(stream, new(1, 45), 9);
        Assert.Null(await Events.Snapshots.FindAsync(stream, SnapshotType, Ct));

        await Events.AppendManyAsync(stream, ExpectedVersion.At(9), Numbered(6, first: 10), Ct);
        await LoadAsync(stream, new(1, 120), 15);
        var snapshot = await Events.Snapshots.FindAsync(stream, SnapshotType, Ct);
        Assert.Equal((15, """{"first":1,"sum":120}"""), (snapshot!.Version, Json(snapshot)));

        // Told by what nobody's events would come to.
        await ForgeAsync(snapshot, 15, """{"first":7,"sum":1000}""");
        await Events.AppendManyAsync(stream, ExpectedVersion.At(15), Numbered(1), Ct);
        await LoadAsync(stream, new(7, 1001), 16);
    }

    [Fact]
    public async Task A_snapshot_of_another_shape_is_passed_over_and_one_that_is_broken_made_anew()
    {
        var stream = NewStream();
        await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(12), Ct);
        await LoadAsync(stream, new(1, 78), 12);
        var snapshot = (await Events.Snapshots.FindAsync(stream, SnapshotType, Ct))!;
        Assert.True(await Events.Snapshots.RecordAsync(new() { Source = stream, Type = "specification-account/00000000", Version = 12, Payload = "{}"u8.ToArray() }, Ct));

        await ForgeAsync(snapshot, 12, """{"first":"no number"}""");
        await LoadAsync(stream, new(1, 78), 12);

        Assert.Equal("""{"first":1,"sum":78}""", Json((await Events.Snapshots.FindAsync(stream, SnapshotType, Ct))!));
    }

    [Fact]
    public async Task A_snapshot_of_a_stream_that_was_made_anew_is_passed_over()
    {
        await using var store = Fixture.CreateStore(Database, builder => builder.Configure(options => options.AllowHardDelete = true));
        var stream = NewStream();
        await store.Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(12), Ct);
        await store.Events.LoadAsync<Account>(stream, Ct);
        await IdleAsync(store);
        await store.Events.Streams.HardDeleteAsync(stream, ExpectedVersion.StreamExists, Ct);

        await Assert.ThrowsAsync<StreamNotFoundException>(() => store.Events.LoadAsync<Account>(stream, Ct));
        await store.Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(2), Ct);
        Assert.Equal(new(new(1, 3), 2), await store.Events.LoadAsync<Account>(stream, Ct));
        await store.Events.AppendManyAsync(stream, ExpectedVersion.At(2), Numbered(12), Ct);
        Assert.Equal(new(new(1, 81), 14), await store.Events.LoadAsync<Account>(stream, Ct));
    }

    private async Task LoadAsync(StreamName stream, Account state, long version)
    {
        Assert.Equal(new(state, version), await Events.LoadAsync<Account>(stream, Ct));
        await IdleAsync(Store);
    }

    private static Task IdleAsync(TestStore store) => store.Host.Services.GetRequiredService<SnapshotRecorder>().WhenIdleAsync();

    /// <summary>Puts another payload in place of a snapshot's.</summary>
    private async Task ForgeAsync(Snapshot snapshot, long version, string json) => Assert.True(await Events.Snapshots.RecordAsync(
        new() { Source = snapshot.Source, Type = snapshot.Type, Version = version, Metadata = snapshot.Metadata, Payload = Encoding.UTF8.GetBytes(json) }, Ct));

    private static string Json(Snapshot snapshot) => Encoding.UTF8.GetString(snapshot.Payload.Span).Replace(" ", "", StringComparison.Ordinal);
}
