namespace EventStore.EF.Sqlite;

/// <summary>
/// Notices commits of other connections by <c>PRAGMA data_version</c>, a look at shared memory. SQLite has no notifications, and
/// a watch on the file would miss writes through mapped memory.
/// </summary>
internal sealed class DataVersionWatch(SqliteDatabase database, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    public async Task RunAsync(Action appended, CancellationToken ct)
    {
        // The value belongs to the connection, so the connection must be this watch's own.
        await using var connection = database.OpenDedicated();
        await using var command = connection.Command("PRAGMA data_version");
        var seen = (long)command.ExecuteScalar()!;
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(ct).ConfigureAwait(false))
        {
            var version = (long)command.ExecuteScalar()!;
            if (version == seen)
                continue;

            seen = version;
            appended();
        }
    }
}
