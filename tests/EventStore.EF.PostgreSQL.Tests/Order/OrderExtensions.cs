using System.Diagnostics;

namespace EventStore.EF.PostgreSQL.Tests.Order;

/// <summary>What the tests of the order ask a store and a server.</summary>
internal static class OrderExtensions
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Who holds events back, or may.</summary>
    public static Task<IReadOnlyList<BlockingTransaction>> GetBlockingTransactionsAsync(this TestStore store, CancellationToken ct)
        => store.Events.Subscriptions.GetBlockingTransactionsAsync(ct);

    /// <summary>Returns when a session of the database is in such a state; fails after 30 seconds. The server paces the looks.</summary>
    public static async Task WaitForStateAsync(this TestDatabase database, string condition)
    {
        var start = Stopwatch.GetTimestamp();
        while (await database.ScalarAsync<long>(
            $"SELECT count(*) FROM (SELECT pg_sleep(0.002)) pause, pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND {condition}") == 0)
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience, $"No session is in this state: {condition}.");
        }
    }

    /// <summary>Skips the running test where the server allows no prepared transactions.</summary>
    public static async Task RequirePreparedTransactionsAsync(this TestDatabase database)
    {
        if (await database.ScalarAsync<int>("SELECT current_setting('max_prepared_transactions')::int") == 0)
            Assert.Skip("The server allows no prepared transactions (max_prepared_transactions = 0).");
    }
}
