using System.Data;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace EventStore.EF.PostgreSQL;

/// <summary>
/// Carries out plans together, in a transaction of their own or inside the caller's. Not one implicit transaction of several statements:
/// a proxy might cut it.
/// </summary>
internal sealed class TogetherWriter(IDbContextFactory<EventStoreDbContext> contexts, AppendStatements statements)
{
    private const string Savepoint = "eventstore_write";

    /// <summary><see langword="null"/> when one was refused; nothing is written then, and the caller's transaction is as it was.</summary>
    public async Task<AppendResult[]?> WriteAsync(IReadOnlyList<StreamPlan> plans, DbTransaction? transaction, CancellationToken ct)
    {
        await using var connection = await StoreConnection.OpenAsync(contexts, transaction, ct).ConfigureAwait(false);
        return transaction is NpgsqlTransaction callers
            ? await WriteInsideAsync(callers, plans, ct).ConfigureAwait(false)
            : await WriteAsync(connection.Npgsql(), plans, ct).ConfigureAwait(false);
    }

    private async Task<AppendResult[]?> WriteAsync(NpgsqlConnection connection, IReadOnlyList<StreamPlan> plans, CancellationToken ct)
    {
        try
        {
            if (plans.Count == 1)
                return await RunAsync(connection, null, plans, ct).ConfigureAwait(false);

            await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, ct).ConfigureAwait(false);
            var results = await RunAsync(connection, transaction, plans, ct).ConfigureAwait(false);
            if (results is not null)
                await transaction.CommitAsync(ct).ConfigureAwait(false);

            return results;
        }
        catch (PostgresException exception) when (PostgreSqlErrors.IsRefusedWrite(exception))
        {
            return null;
        }
    }

    /// <summary>
    /// Inside a savepoint: what is undone gives back its locks too, so that a refused write holds no reader back until the caller's
    /// transaction ends.
    /// </summary>
    private async Task<AppendResult[]?> WriteInsideAsync(NpgsqlTransaction transaction, IReadOnlyList<StreamPlan> plans, CancellationToken ct)
    {
        await transaction.SaveAsync(Savepoint, ct).ConfigureAwait(false);
        AppendResult[]? results = null;
        try
        {
            results = await RunAsync(transaction.Connection!, transaction, plans, ct).ConfigureAwait(false);
        }
        catch (PostgresException exception)
        {
            await transaction.RollbackAsync(Savepoint, ct).ConfigureAwait(false);
            if (!PostgreSqlErrors.IsRefusedByContent(exception))
                throw;
        }

        if (results is null)
            await transaction.RollbackAsync(Savepoint, ct).ConfigureAwait(false);

        await transaction.ReleaseAsync(Savepoint, ct).ConfigureAwait(false);
        return results;
    }

    /// <summary>In one order of streams everywhere, so that two writers of the same streams wait for each other and don't deadlock.</summary>
    private async Task<AppendResult[]?> RunAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, IReadOnlyList<StreamPlan> plans, CancellationToken ct)
    {
        var order = Enumerable.Range(0, plans.Count).OrderBy(index => plans[index].Stream).ToArray();
        await using var batch = new NpgsqlBatch(connection, transaction);
        foreach (var index in order)
            batch.BatchCommands.Add(Command(plans[index]));

        var results = new AppendResult[plans.Count];
        var isRefused = false;
        await using var reader = await batch.ExecuteReaderAsync(ct).ConfigureAwait(false);
        foreach (var index in order)
        {
            if (await reader.ReadAsync(ct).ConfigureAwait(false))
                results[index] = AppendCommand.Result(reader);
            else
                isRefused = true;

            await reader.NextResultAsync(ct).ConfigureAwait(false);
        }

        return isRefused ? null : results;
    }

    private NpgsqlBatchCommand Command(StreamPlan plan) => plan switch
    {
        AppendPlan append => AppendCommand.InBatch(statements, append),
        LinkPlan link => new(statements.Link)
        {
            Parameters = { Parameters.Text(link.Stream.Value), Parameters.Bigint(link.Expected.Sql()), Parameters.Array(NpgsqlDbType.Uuid, link.EventIds.ToArray()) },
        },
        _ => new(statements.Expect) { Parameters = { Parameters.Text(plan.Stream.Value), Parameters.Bigint(plan.Expected.Sql()) } },
    };
}
