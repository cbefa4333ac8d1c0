using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Sqlite.Tests.Storage;

/// <summary>Somebody restores a backup under a running host: lost events are told of, and new ones at their positions are delivered.</summary>
public sealed class RestoredFileTests(SqliteFixture fixture) : RunningSuite(fixture), IClassFixture<SqliteFixture>
{
    private readonly Recorder _recorder = new();

    /// <summary>How the backup comes into the file's place.</summary>
    public enum Way
    {
        /// <summary>Page by page, by SQLite.</summary>
        Backup,

        /// <summary>As another file of the same name.</summary>
        Exchange,
    }

    private string Path => new SqliteConnectionStringBuilder(Database.ConnectionString).DataSource;

    [Theory]
    [InlineData(Way.Backup, false)]
    [InlineData(Way.Backup, true)]
    [InlineData(Way.Exchange, false)]
    [InlineData(Way.Exchange, true)]
    public async Task What_is_lost_is_reported_and_what_is_appended_at_its_places_is_delivered(Way way, bool ofOneStream)
    {
        var host = await HostAsync(_recorder, options => options.Stream = ofOneStream ? "stream" : default(StreamName?));
        await AppendAsync(5);
        await HandledAsync(5);
        var backup = await BackUpAsync();
        await AppendAsync(5, 6);
        await HandledAsync(10);
        await RestoreAsync(backup, way);
        var appended = await AppendAsync(5, 11);
        await HandledAsync(15);

        Assert.Equal((10, 6, 10), (appended.StreamVersion, appended.FirstPosition, appended.LastPosition));
        await host.Log.WaitForAsync(line => line.Exception is SubscriptionAheadException ahead && ahead.Name == Name && ahead.Position == 10, Ct);
        Assert.Equal(Enumerable.Range(1, 15), Numbers().Distinct());
        await CheckpointReachesAsync(10);
    }

    [Theory]
    [InlineData(Way.Backup)]
    [InlineData(Way.Exchange)]
    public async Task Less_events_than_were_lost_are_delivered_too(Way way)
    {
        var host = await HostAsync(_recorder);
        await AppendAsync(5);
        await HandledAsync(5);
        var backup = await BackUpAsync();
        await AppendAsync(5, 6);
        await HandledAsync(10);
        await RestoreAsync(backup, way);
        await host.Log.WaitForAsync(line => line.Exception is SubscriptionAheadException { Position: 10, Head: 5 }, Ct);
        await AppendAsync(1, 11);
        await HandledAsync(11);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Events_that_the_filter_takes_are_delivered_where_it_had_left_out_lost_ones(bool ofOneStream)
    {
        await HostAsync(_recorder, options => options.Stream = ofOneStream ? "stream" : default(StreamName?));
        await AppendAsync(3);
        await HandledAsync(3);
        var backup = await BackUpAsync();
        await Events.AppendManyAsync("stream", ExpectedVersion.Any, [.. Enumerable.Range(0, 5).Select(_ => new NewEvent(new Noted("left out")))], Ct);
        await Events.Subscriptions.WaitForAsync(Name, 8, TimeSpan.FromSeconds(30), ofOneStream ? "stream" : default(StreamName?), Ct);
        await RestoreAsync(backup, Way.Backup);
        await AppendAsync(5, 11);
        await HandledAsync(15);

        Assert.Equal([1, 2, 3, 11, 12, 13, 14, 15], Numbers().Distinct());
    }

    [Fact]
    public async Task Beside_the_log_of_the_old_file_a_new_one_is_neither_read_nor_written_until_the_log_is_removed()
    {
        var host = await HostAsync(_recorder);
        await AppendAsync(5);
        await HandledAsync(5);
        var backup = await BackUpAsync();
        await AppendAsync(5, 6);
        await HandledAsync(10);
        File.Move(backup, Path, overwrite: true);
        var before = await File.ReadAllBytesAsync(Path, Ct);

        var refused = await Assert.ThrowsAsync<EventStoreUnavailableException>(() => AppendAsync(1, 11));
        Assert.Contains($"'{Path}-wal', is still there", refused.Message, StringComparison.Ordinal);
        Assert.False(refused.OutcomeUnknown);
        await Assert.ThrowsAsync<EventStoreUnavailableException>(() => ReadAsync("stream"));
        Assert.Equal(before, await File.ReadAllBytesAsync(Path, Ct));

        File.Delete($"{Path}-wal");
        File.Delete($"{Path}-shm");
        var appended = await AppendAsync(5, 11);
        await HandledAsync(15);
        Assert.Equal((10, 6, 10), (appended.StreamVersion, appended.FirstPosition, appended.LastPosition));
        await host.Log.WaitForAsync(line => line.Exception is SubscriptionAheadException { Position: 10 }, Ct);
        Assert.Equal(Enumerable.Range(1, 15), Numbers().Distinct());
    }

    [Fact]
    public async Task A_file_with_everything_that_was_seen_changes_nothing()
    {
        var host = await HostAsync(_recorder);
        await AppendAsync(5);
        await HandledAsync(5);
        await RestoreAsync(await BackUpAsync(), Way.Exchange);
        await AppendAsync(5, 6);
        await HandledAsync(10);

        Assert.Equal(Enumerable.Range(1, 10), Numbers());
        Assert.DoesNotContain(host.Log.Lines, line => line.Exception is SubscriptionAheadException);
    }

    [Fact]
    public async Task Removed_events_are_not_lost()
    {
        var host = await HostAsync(_recorder, configure: builder => builder.Configure(options => options.AllowHardDelete = true));
        await AppendAsync(5);
        await HandledAsync(5);
        await host.Events.Streams.HardDeleteAsync("stream", ExpectedVersion.Any, Ct);
        await AppendAsync(5, 6);
        await HandledAsync(10);
        await host.Events.Streams.TruncateAsync("stream", 6, Ct);
        await AppendAsync(1, 11);
        await HandledAsync(11);

        Assert.Equal(Enumerable.Range(1, 11), Numbers());
        Assert.DoesNotContain(host.Log.Lines, line => line.Exception is SubscriptionAheadException);
    }

    [Fact]
    public async Task An_append_waits_for_a_restore_that_has_begun_and_a_transaction_of_the_replaced_file_is_refused()
    {
        await AppendAsync(2);
        var backup = await BackUpAsync();
        await AppendAsync(2, 3);
        await using var connection = new SqliteConnection(Database.ConnectionString);
        await connection.OpenAsync(Ct);
        await using var transaction = (SqliteTransaction)await connection.BeginTransactionAsync(Ct);
        await RestoreAsync(backup, Way.Exchange);
        var refused = await Assert.ThrowsAsync<EventStoreUnavailableException>(
            () => Events.WithTransaction(transaction).AppendManyAsync("stream", ExpectedVersion.Any, Numbered(1, 5), Ct));

        Assert.False(refused.OutcomeUnknown);
        Assert.Contains("exchanged", refused.Message, StringComparison.Ordinal);
        var appended = await AppendAsync(1, 6);
        Assert.Equal(3, appended.StreamVersion);
        await AssertNumbersAsync("stream", 1, 2, 6);
    }

    private Task<AppendResult> AppendAsync(int count, int first = 1) => AppendAsync("stream", count, first);

    private IEnumerable<int> Numbers() => _recorder.Handled.Select(context => context.Event.As<Numbered>().Number);

    private Task HandledAsync(int number) => _recorder.WaitAsync(handled => handled.Any(context => context.Event.As<Numbered>().Number == number), Ct);

    private async Task<string> BackUpAsync()
    {
        var path = $"{Path}.{Guid.NewGuid():N}.backup";
        await using var source = new SqliteConnection($"{Database.ConnectionString};Pooling=False");
        await source.OpenAsync(Ct);
        await using var target = new SqliteConnection($"Data Source={path};Pooling=False");
        source.BackupDatabase(target);
        return path;
    }

    private async Task RestoreAsync(string backup, Way way)
    {
        if (way is Way.Exchange)
        {
            // As one does it: with the log of the old file out of the way.
            File.Delete($"{Path}-wal");
            File.Delete($"{Path}-shm");
            File.Move(backup, Path, overwrite: true);
            return;
        }

        await using var source = new SqliteConnection($"Data Source={backup};Pooling=False");
        await source.OpenAsync(Ct);
        await using var target = new SqliteConnection($"{Database.ConnectionString};Pooling=False");
        await target.OpenAsync(Ct);
        source.BackupDatabase(target);
    }
}
