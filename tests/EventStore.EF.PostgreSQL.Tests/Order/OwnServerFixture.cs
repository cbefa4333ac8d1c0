using EventStore.EF.TestDatabases;
using Npgsql;

namespace EventStore.EF.PostgreSQL.Tests.Order;

/// <summary>
/// A server that these tests alone use: they crash it, and let commits wait for a stand-by that isn't there
/// (<c>SET synchronous_commit = on</c>; everybody else's are local).
/// </summary>
public sealed class OwnServerFixture : PostgreSqlFixture
{
    private readonly OwnCluster _cluster;

    public OwnServerFixture()
        : this(new())
    {
    }

    private OwnServerFixture(OwnCluster cluster)
        : base(cluster)
        => _cluster = cluster;

    /// <summary>Kills a process of the server's, which ends all others, throws away what was not flushed, and recovers.</summary>
    public async Task CrashAsync(TestDatabase database, CancellationToken ct)
    {
        await using (var connection = new NpgsqlConnection(ServerConnectionString + ";Pooling=false"))
        await using (var witness = new NpgsqlConnection(ServerConnectionString + ";Pooling=false"))
        {
            await connection.OpenAsync(ct);
            await witness.OpenAsync(ct);
            await using var command = new NpgsqlCommand("COPY (SELECT) TO PROGRAM 'kill -9 $PPID'", connection);
            await using var waiting = new NpgsqlCommand("SELECT pg_sleep(60)", witness);
            var ended = Assert.ThrowsAnyAsync<NpgsqlException>(() => waiting.ExecuteNonQueryAsync(ct));
            await Assert.ThrowsAnyAsync<NpgsqlException>(() => command.ExecuteNonQueryAsync(ct));

            // Until the server notices, and ends the others, it lets somebody in whom it ends a moment later.
            await ended;
        }

        // The test's own connections are broken. The store's own it must find out about by itself.
        foreach (var connectionString in (string[])[ServerConnectionString, database.ConnectionString])
        {
            await using var connection = new NpgsqlConnection(connectionString);
            NpgsqlConnection.ClearPool(connection);
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection(database.ConnectionString + ";Pooling=false");
                await connection.OpenAsync(patience.Token);
                return;
            }
            catch (NpgsqlException)
            {
                // It is still recovering.
            }
        }
    }

    /// <inheritdoc/>
    public override async ValueTask InitializeAsync()
    {
        await _cluster.InitializeAsync();
        await base.InitializeAsync();
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    private sealed class OwnCluster : PostgreSqlCluster
    {
        // What isn't flushed by a commit stays unflushed as long as the server allows, so that a crash loses it. It is a crash of the
        // server's, which the machine survives: what was handed to its disk is there afterwards, and need not be waited for.
        private static readonly string[] Settings =
            ["synchronous_commit = 'local'", "synchronous_standby_names = 'nobody'", "wal_writer_delay = '10s'", "fsync = 'off'"];

        public override async ValueTask InitializeAsync()
        {
            await base.InitializeAsync();
            if (Unavailable is not null)
                return;

            await using var connection = new NpgsqlConnection(Server.ConnectionString + ";Pooling=false");
            await connection.OpenAsync();
            foreach (var setting in Settings)
                await ExecuteAsync(connection, $"ALTER SYSTEM SET {setting}");

            await ExecuteAsync(connection, "SELECT pg_reload_conf()");
            await WaitUntilCommitsWaitAsync(connection);
        }

        protected override Task<PostgreSqlServer> FindAsync() => PostgreSqlServer.StartAsync();

        /// <summary>A process of the server's own puts the setting into force, at a time of its own.</summary>
        private async Task WaitUntilCommitsWaitAsync(NpgsqlConnection control)
        {
            await using var probe = new NpgsqlConnection(Server.ConnectionString + ";Pooling=false");
            await probe.OpenAsync();
            await ExecuteAsync(probe, "SET synchronous_commit = on");
            for (var attempt = 0; attempt < 1000; attempt++)
            {
                var commit = ExecuteAsync(probe, $"CREATE TABLE probe_{attempt} ()");
                var hasWaited = false;
                while (!commit.IsCompleted && !hasWaited)
                {
                    await using var command = new NpgsqlCommand(
                        $"SELECT count(pg_cancel_backend(pid)) > 0 FROM pg_sleep(0.002), pg_stat_activity WHERE pid = {probe.ProcessID} AND wait_event = 'SyncRep'", control);
                    hasWaited = (bool)(await command.ExecuteScalarAsync())!;
                }

                await commit;
                if (hasWaited)
                    return;
            }

            throw new InvalidOperationException("No commit waits for the stand-by.");
        }

        private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }
    }
}
