using EventStore.EF.Sqlite.Connections;
using EventStore.EF.Storage;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace EventStore.EF.Sqlite.Tests.Errors;

/// <summary>
/// Each failure of the file has its own true words, and the outcome is called unknown only when something may have been written.
/// </summary>
public sealed class TrueMessageTests(SqliteFixture fixture) : SqliteSpecification(fixture)
{
    [Fact]
    public async Task A_missing_folder_is_named()
    {
        var folder = $"{Path()}.missing";
        var exception = await RefusedAsync($"Data Source={folder}/shop.db");
        Assert.Contains($"the folder '{folder}' doesn't exist", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_in_the_file_s_place_is_named()
    {
        var folder = Directory.CreateDirectory($"{Path()}.folder").FullName;
        var exception = await RefusedAsync($"Data Source={folder}");
        Assert.Contains($"'{folder}' is a folder", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_a_database_is_named()
    {
        var file = $"{Path()}.text";
        await File.WriteAllTextAsync(file, new string('x', 100_000), Ct);
        var exception = await RefusedAsync($"Data Source={file}");
        Assert.Contains($"'{file}' is not a SQLite database", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PRAGMA max_page_count = 1", "disk")]
    [InlineData("PRAGMA query_only = ON", "read-only")]
    public async Task A_file_that_takes_no_more_says_why(string limit, string words)
    {
        await using var database = await Fixture.CreateDatabaseAsync();
        var stream = NewStream();

        // Tests can't fill a disk or lose a right everywhere. A connection of the store's pool with such a limit fails in the same way; it is
        // the one that the store takes next.
        await using (var own = new SqliteDatabase(new(database.ConnectionString), maxLogBytes: 64 << 20).Open())
            own.Execute(limit);

        var exception = await RefusedAsync(database.ConnectionString, stream);
        Assert.Contains(words, exception.Message, StringComparison.Ordinal);
        var file = new SqliteConnectionStringBuilder(database.ConnectionString).DataSource;
        Assert.Contains(file, exception.Message, StringComparison.Ordinal);
        await using var store = Fixture.CreateStore(database);
        Assert.Null(await store.Events.Streams.FindAsync(stream, Ct));
    }

    [Theory]
    [InlineData(raw.SQLITE_BUSY, "WithTransaction", true)]
    [InlineData(raw.SQLITE_LOCKED, "same connection", true)]
    [InlineData(raw.SQLITE_BUSY_RECOVERY, "after a crash", true)]
    [InlineData(raw.SQLITE_FULL, "is full", true)]
    [InlineData(raw.SQLITE_IOERR_WRITE, "disk", true)]
    [InlineData(raw.SQLITE_IOERR_FSYNC, "disk", false)]
    [InlineData(raw.SQLITE_READONLY, "read-only", true)]
    [InlineData(raw.SQLITE_CANTOPEN, "rights", true)]
    [InlineData(raw.SQLITE_CORRUPT, "damaged", true)]
    public void Each_trouble_has_its_own_words_and_the_outcome_is_known_where_SQLite_undid_the_statement(
        int code, string words, bool isAnswered)
    {
        var database = new SqliteDatabase(new(Database.ConnectionString), maxLogBytes: 64 << 20);
        var exception = new SqliteException("said", code & 0xFF, code);
        var trouble = new SqliteTroubles(database).Diagnose(exception, new SqliteErrors(database, new("eventstore")).Classify(exception));
        Assert.Contains(words, trouble.Words, StringComparison.Ordinal);
        Assert.Equal(isAnswered, trouble.IsAnswered);
    }

    [Fact]
    public void A_lock_is_a_database_that_is_away_for_who_asks_whose_fault_it_is_and_a_lock_for_the_caller()
    {
        var database = new SqliteDatabase(new(Database.ConnectionString), maxLogBytes: 64 << 20);
        var failure = new SqliteErrors(database, new("eventstore")).Classify(Fixture.Away);
        Assert.Equal(StorageFailure.Unavailable, failure);
        Assert.Equal(StorageFailure.Locked, new SqliteTroubles(database).Diagnose(Fixture.Away, failure).Failure);
    }

    private string Path() => new SqliteConnectionStringBuilder(Database.ConnectionString).DataSource;

    private async Task<EventStoreUnavailableException> RefusedAsync(string connectionString, StreamName? stream = null)
    {
        await using var store = Fixture.CreateStore(connectionString, builder => builder.Configure(options =>
        {
            options.MaxRetryAttempts = 1;
            options.RetryDelay = TimeSpan.FromMilliseconds(1);
        }));
        var exception = await Assert.ThrowsAsync<EventStoreUnavailableException>(
            () => store.Events.AppendManyAsync(stream ?? NewStream(), ExpectedVersion.Any, Numbered(1000), Ct));
        Assert.False(exception.OutcomeUnknown);
        Assert.Contains("Nothing was written", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("can't be reached", exception.Message, StringComparison.Ordinal);
        return exception;
    }
}
