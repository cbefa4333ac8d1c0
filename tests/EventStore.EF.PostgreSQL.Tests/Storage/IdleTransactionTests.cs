using EventStore.EF.PostgreSQL.Append;
using EventStore.EF.Storage;
using EventStore.EF.Storage.Sql;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace EventStore.EF.PostgreSQL.Tests.Storage;

/// <summary>
/// The store's own transactions hold locks that others wait for: rows of subscriptions, streams, positions. A process that stands still in one
/// (SIGSTOP, a debugger, a frozen machine) loses it, as the server ends the session.
/// </summary>
public sealed class IdleTransactionTests(PostgreSqlFixture fixture) : StoreSpecification(fixture), IClassFixture<PostgreSqlFixture>
{
    [Theory]
    [InlineData("a subscription's row", "3s")]
    [InlineData("all rows of a subscription", "15s")]
    [InlineData("streams", "15s")]
    public async Task The_server_ends_a_transaction_of_the_store_s_own_whose_process_stands_still(string locks, string expected)
    {
        await using var subscription = await Events.SubscribeAsync(new(NewStream().Value), null, Ct);
        var (id, epoch) = (
            await Database.ScalarAsync<long>($"SELECT id FROM {{subscriptions}} WHERE name = '{subscription.Name}'"),
            await Database.ScalarAsync<long>($"SELECT epoch FROM {{subscriptions}} WHERE name = '{subscription.Name}'"));
        var statements = Store.Host.Services.GetRequiredService<IStorage>().Statements;
        await using var connection = new NpgsqlConnection(Database.ConnectionString);
        await connection.OpenAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        await using var command = new NpgsqlCommand { Connection = connection, Transaction = transaction };
        switch (locks)
        {
            case "a subscription's row":
                command.CommandText = statements.Subscriptions.Hold;
                foreach (var (name, value) in (IEnumerable<(string, object)>)[("id", id), ("epoch", epoch), ("definition", DBNull.Value), ("server", DBNull.Value), ("position", 0L), ("lease", 3d)])
                    command.Parameters.AddWithValue(name, value);

                break;
            case "streams":
                command.CommandText = AppendStatements.LimitWaits;
                command.Parameters.Add(new() { Value = "1000" });
                break;
            default:
                command.CommandText = statements.Administration.LimitWait!;
                break;
        }

        await command.ExecuteNonQueryAsync(Ct);
        await using var ask = new NpgsqlCommand("SELECT current_setting('idle_in_transaction_session_timeout')", connection, transaction);
        Assert.Equal(expected, await ask.ExecuteScalarAsync(Ct));
    }
}
