using Npgsql;
using Xunit.Sdk;

namespace EventStore.EF.PostgreSQL.Tests.Transactions;

/// <summary>One server has many names.</summary>
public sealed class TransactionDatabaseNameTests(PostgreSqlFixture fixture) : StoreSpecification(fixture), IClassFixture<PostgreSqlFixture>
{
    [Fact]
    public async Task The_store_s_database_is_accepted_by_another_name_of_its_server()
    {
        var settings = new NpgsqlConnectionStringBuilder(Database.ConnectionString);
        settings.Host = settings.Host switch
        {
            "localhost" => "127.0.0.1",
            "127.0.0.1" => "localhost",
            var host => throw SkipException.ForSkip($"No other name of '{host}' is known."),
        };
        var stream = NewStream();
        await using var dataSource = NpgsqlDataSource.Create(settings);
        await using var connection = await dataSource.OpenConnectionAsync(Ct);
        Assert.NotEqual(Database.Connect().DataSource, connection.DataSource);
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        await Events.WithTransaction(transaction).AppendAsync(stream, ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        await transaction.CommitAsync(Ct);

        await AssertNumbersAsync(stream, 1);
    }
}
