using System.Diagnostics;

namespace EventStore.EF.PostgreSQL.Tests;

/// <summary>Who waits for a lock in a database.</summary>
internal static class LockWaits
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Returns when so many sessions wait for somebody's lock; fails after 30 seconds. The server paces the looks.</summary>
    public static async Task WaitForLockWaitersAsync(this TestDatabase database, int count)
    {
        var start = Stopwatch.GetTimestamp();
        long waiting;
        do
        {
            waiting = await database.ScalarAsync<long>(
                "SELECT count(*) FROM pg_stat_activity, pg_sleep(0.002) WHERE datname = current_database() AND wait_event_type = 'Lock'");
        }
        while (waiting < count && Stopwatch.GetElapsedTime(start) < Patience);

        Assert.True(waiting >= count, $"{waiting} sessions wait for a lock, and not {count}.");
    }
}
