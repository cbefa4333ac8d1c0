using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace EventStore.EF.Specification;

/// <summary>The base of the suites about transactions of the caller's.</summary>
public abstract class TransactionSuite(StoreFixture fixture) : StoreSpecification(fixture)
{
    /// <inheritdoc/>
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await Database.ExecuteAsync(ShopContext.Table);
    }

    /// <summary>A context of the application's.</summary>
    protected ShopContext NewShop()
    {
        var options = new DbContextOptionsBuilder<ShopContext>();
        Fixture.Use(options, Database.ConnectionString);
        return new(options.Options);
    }

    /// <summary>The transaction that EF Core has begun.</summary>
    protected static DbTransaction Current(DbContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Database.CurrentTransaction!.GetDbTransaction();
    }

    /// <summary>A transaction of plain ADO.NET, which ends with its connection.</summary>
    protected async Task<CallersTransaction> BeginAsync(System.Data.IsolationLevel isolation = System.Data.IsolationLevel.Unspecified)
    {
        var connection = await Database.OpenAsync();
        return new(connection, await connection.BeginTransactionAsync(isolation, Ct));
    }

    /// <summary>A new stream with events.</summary>
    protected async Task<StreamName> StreamAsync(int events)
    {
        var stream = NewStream();
        await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(events), Ct);
        return stream;
    }

    /// <summary>Asserts that nothing is to be seen of a stream.</summary>
    protected async Task AssertMissingAsync(StreamName stream) => Assert.Null(await Events.Streams.FindAsync(stream, Ct));
}

/// <summary>A transaction with its connection.</summary>
public sealed class CallersTransaction(DbConnection connection, DbTransaction transaction) : IAsyncDisposable
{
    /// <summary>The connection.</summary>
    public DbConnection Connection => connection;

    /// <summary>The transaction.</summary>
    public DbTransaction Transaction => transaction;

    /// <summary>Runs a statement in the transaction.</summary>
    public async Task<object?> ScalarAsync(string sql)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // SQL of the tests' own.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.Transaction = transaction;
        return await command.ExecuteScalarAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync().ConfigureAwait(false);
        await connection.DisposeAsync().ConfigureAwait(false);
    }
}
