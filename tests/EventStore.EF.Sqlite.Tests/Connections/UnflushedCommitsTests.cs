using EventStore.EF.Sqlite.Connections;
using EventStore.EF.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Sqlite.Tests.Connections;

/// <summary>Which commits wait for the disk.</summary>
public sealed class UnflushedCommitsTests(SqliteFixture fixture) : LeaseSuite(fixture), IClassFixture<SqliteFixture>
{
    private const string Settings = "PRAGMA synchronous";
    private const long Normal = 1;
    private const long Full = 2;

    [Fact]
    public async Task A_connection_flushes_again_afterwards_and_whenever_it_is_opened()
    {
        var process = Process();
        await process.AcquireAsync(Key);
        var contexts = process.Store.Host.Services.GetRequiredService<IDbContextFactory<EventStoreDbContext>>();
        for (var round = 0; round < 3; round++)
        {
            await using var connection = await StoreConnection.OpenAsync(contexts, Ct);
            var sqlite = (SqliteConnection)connection.Connection;
            Assert.Equal(Full, Synchronous(sqlite));
            var unflushed = new UnflushedCommits(sqlite);
            Assert.Equal(Normal, Synchronous(sqlite));

            // In the last round it is not ended before the connection goes back to its pool.
            if (round < 2)
            {
                unflushed.Dispose();
                Assert.Equal(Full, Synchronous(sqlite));
            }
        }

        await using var opened = await StoreConnection.OpenAsync(contexts, Ct);
        Assert.Equal(Full, Synchronous((SqliteConnection)opened.Connection));
    }

    private static long Synchronous(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Settings;
        return (long)command.ExecuteScalar()!;
    }
}
