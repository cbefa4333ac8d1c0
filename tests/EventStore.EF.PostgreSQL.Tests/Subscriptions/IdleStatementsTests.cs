using System.Collections.Concurrent;
using System.Diagnostics;
using EventStore.EF.Schema;
using EventStore.EF.Subscriptions.Leases;

namespace EventStore.EF.PostgreSQL.Tests.Subscriptions;

/// <summary>What subscriptions cost the server while nothing happens.</summary>
public sealed class IdleStatementsTests(PostgreSqlFixture fixture) : LeaseSuite(fixture), IClassFixture<PostgreSqlFixture>
{
    private const int Subscriptions = 100;

    [Fact]
    public async Task A_hundred_owned_and_a_hundred_stood_by_for_take_one_statement_a_second_in_each_process()
    {
        var (owner, next) = (Process().Start(), Process().Start());
        var keys = Enumerable.Range(0, Subscriptions).Select(number => Key with { Name = $"subscription-{number}" }).ToArray();
        var leases = new List<Lease>();
        foreach (var key in keys)
            leases.Add(await owner.AcquireAsync(key));

        var turns = Array.ConvertAll(keys, key => next.Leases.WaitForTurnAsync(key, 1, Ct));

        // So many statements of two processes that beat once a second, after those of the beginning.
        await using var connection = await Database.OpenAsync();
        using var statements = new Statements(connection.Database);
        await statements.WaitForAsync(4);
        var (began, counted) = (Stopwatch.GetTimestamp(), statements.Count);
        await statements.WaitForAsync(counted + 12);

        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.FromSeconds(5), TimeSpan.MaxValue);
        Assert.All(leases, lease => Assert.False(lease.Held.IsCancellationRequested));
        Assert.All(turns, turn => Assert.False(turn.IsCompleted));
        Assert.Equal(2, statements.Texts.Count);
    }

    /// <summary>Counts the statements that this test process sends to a database.</summary>
    private sealed class Statements : IDisposable
    {
        private readonly ConcurrentDictionary<string, int> _texts = [];
        private readonly SemaphoreSlim _arrived = new(0);
        private readonly ActivityListener _listener;
        private int _count;

        public Statements(string database)
        {
            _listener = new()
            {
                ShouldListenTo = static source => source.Name == "Npgsql",
                Sample = static (ref _) => ActivitySamplingResult.AllData,
                ActivityStopped = activity => Note(activity, database),
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public int Count => _count;

        public IReadOnlyCollection<string> Texts => [.. _texts.Keys];

        public async Task WaitForAsync(int count)
        {
            while (Volatile.Read(ref _count) < count)
                Assert.True(await _arrived.WaitAsync(TimeSpan.FromSeconds(30), Ct));
        }

        public void Dispose()
        {
            _listener.Dispose();
            _arrived.Dispose();
        }

        private void Note(Activity activity, string database)
        {
            if (activity.GetTagItem("db.namespace") as string != database || activity.GetTagItem("db.query.text") is not string text)
                return;

            _texts.AddOrUpdate(text, 1, static (_, times) => times + 1);
            Interlocked.Increment(ref _count);
            _arrived.Release();
        }
    }
}
