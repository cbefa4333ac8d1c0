using Microsoft.Data.Sqlite;

namespace EventStore.EF.Sqlite.Tests.Storage;

/// <summary>Somebody deletes, moves or overwrites files of an open database: nothing more is acknowledged that nobody would find.</summary>
public sealed class LostFileTests(SqliteFixture fixture) : RunningSuite(fixture), IClassFixture<SqliteFixture>
{
    private string Path => new SqliteConnectionStringBuilder(Database.ConnectionString).DataSource;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nothing_is_acknowledged_into_a_deleted_file_and_none_is_made_in_its_place(bool withLog)
    {
        var recorder = new Recorder();
        var host = await HostAsync(recorder);
        await AppendAsync("stream", 5);
        await recorder.WaitForAsync(5, Ct);
        File.Delete(Path);
        if (withLog)
        {
            File.Delete($"{Path}-wal");
            File.Delete($"{Path}-shm");
        }

        Assert.Contains("was deleted or moved", (await RefusedAsync()).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<EventStoreUnavailableException>(() => ReadAsync("stream"));
        await Assert.ThrowsAsync<EventStoreUnavailableException>(() => Events.Subscriptions.PauseAsync(Name, cancellationToken: Ct));
        await Assert.ThrowsAsync<EventStoreUnavailableException>(() => host.Events.AppendManyAsync("stream", ExpectedVersion.Any, Numbered(1), Ct));
        Assert.False(File.Exists(Path));
    }

    [Fact]
    public async Task The_store_goes_on_when_a_moved_file_is_back()
    {
        await AppendAsync("stream", 2);
        foreach (var end in (string[])["", "-wal", "-shm"])
            File.Move(Path + end, $"{Path}.away{end}");

        await RefusedAsync();
        foreach (var end in (string[])["", "-wal", "-shm"])
            File.Move($"{Path}.away{end}", Path + end);

        await AppendAsync("stream", 1, 3);
        await AssertNumbersAsync("stream", 1, 2, 3);
    }

    [Theory]
    [InlineData("-wal")]
    [InlineData("-shm")]
    public async Task Nothing_is_acknowledged_without_the_files_beside_the_database(string end)
    {
        await AppendAsync("stream", 2);
        File.Delete(Path + end);

        Assert.Contains($"'{Path}{end}' was deleted", (await RefusedAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_acknowledged_into_a_file_that_was_overwritten_in_place()
    {
        await OverwriteAsync();
        Assert.Contains("overwritten", (await RefusedAsync()).Message, StringComparison.Ordinal);
        Assert.Contains("overwritten", (await Assert.ThrowsAsync<EventStoreUnavailableException>(() => ReadAsync("stream"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("removal")]
    [InlineData("snapshot")]
    [InlineData("pause")]
    public async Task No_write_of_another_kind_is_acknowledged_into_it_either_once_it_is_known(string what)
    {
        await using (await Events.SubscribeAsync(Name, cancellationToken: Ct))
        {
        }

        await OverwriteAsync();
        await RefusedAsync();
        var refused = await Assert.ThrowsAsync<EventStoreUnavailableException>(() => what switch
        {
            "removal" => Events.Streams.DeleteAsync("stream", ExpectedVersion.Any, Ct),
            "snapshot" => Events.Snapshots.RecordAsync(new() { Source = "stream", Type = "sum", Version = 1, Payload = "1"u8.ToArray() }, Ct),
            _ => Events.Subscriptions.PauseAsync(Name, cancellationToken: Ct),
        });
        Assert.Contains("overwritten", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_appended_in_the_caller_s_transaction_is_refused_as_soon_as_it_is_known()
    {
        await OverwriteAsync();
        await RefusedAsync();
        await using var connection = new SqliteConnection(Database.ConnectionString);
        await connection.OpenAsync(Ct);
        await using var transaction = connection.BeginTransaction();
        var refused = await Assert.ThrowsAsync<EventStoreUnavailableException>(
            () => Events.WithTransaction(transaction).AppendManyAsync("other", ExpectedVersion.Any, Numbered(1), Ct));
        Assert.Contains("overwritten", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_that_SQLite_moves_into_the_file_are_not_taken_for_somebody_s()
    {
        await using var other = new SqliteConnection($"{Database.ConnectionString};Pooling=False");
        await other.OpenAsync(Ct);
        for (var number = 1; number <= 20; number++)
        {
            await AppendAsync("stream", 1, number);
            foreach (var mode in (string[])["PASSIVE", "FULL", "RESTART", "TRUNCATE"])
            {
                await using var checkpoint = other.CreateCommand();
                checkpoint.CommandText = $"UPDATE eventstore_subscriptions SET position = position; PRAGMA wal_checkpoint({mode})";
                await checkpoint.ExecuteNonQueryAsync(Ct);
                await AppendAsync("other", 1, number);
            }
        }
    }

    [Fact]
    public async Task A_file_that_is_no_database_or_a_damaged_one_is_a_typed_error()
    {
        await File.WriteAllTextAsync($"{Path}.text", new string('x', 100_000), Ct);
        await using var store = Fixture.CreateStore($"Data Source={Path}.text");
        await Assert.ThrowsAsync<EventStoreUnavailableException>(() => store.Events.AppendManyAsync("stream", ExpectedVersion.Any, Numbered(1), Ct));
    }

    /// <summary>Puts an earlier state into the file that is open.</summary>
    private async Task OverwriteAsync()
    {
        await AppendAsync("stream", 5);
        var backup = $"{Path}.backup";
        await Database.ExecuteAsync($"VACUUM INTO '{backup}'");
        await AppendAsync("stream", 5, 6);
        await using var source = File.OpenRead(backup);
        await using var target = new FileStream(Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        target.SetLength(0);
        await source.CopyToAsync(target, Ct);
    }

    private Task<EventStoreUnavailableException> RefusedAsync()
        => Assert.ThrowsAsync<EventStoreUnavailableException>(() => Events.AppendManyAsync("stream", ExpectedVersion.Any, Numbered(1, 100), Ct));
}
