using Microsoft.Data.Sqlite;

namespace EventStore.EF.Sqlite.Tests.Transactions;

/// <summary>One file has many names.</summary>
public sealed class TransactionDatabaseNameTests(SqliteFixture fixture) : StoreSpecification(fixture), IClassFixture<SqliteFixture>
{
    [Fact]
    public async Task The_store_s_file_is_accepted_by_a_relative_path_also_in_a_transaction_that_has_the_write_lock()
    {
        var path = new SqliteConnectionStringBuilder(Database.ConnectionString).DataSource;
        var relative = Path.GetRelativePath(Directory.GetCurrentDirectory(), path);
        await using var store = Fixture.CreateStore($"Data Source={relative}");
        foreach (var (events, name) in new[] { (Events, relative), (store.Events, path), (store.Events, relative) })
        {
            var stream = NewStream();
            await using var connection = new SqliteConnection($"Data Source={name}");
            await connection.OpenAsync(Ct);
            await using var transaction = connection.BeginTransaction(deferred: false);
            await events.WithTransaction(transaction).AppendAsync(stream, ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
            await transaction.CommitAsync(Ct);
            await AssertNumbersAsync(stream, 1);
        }
    }
}
