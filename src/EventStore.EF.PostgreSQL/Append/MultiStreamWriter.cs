using System.Data;
using System.Data.Common;
using EventStore.EF.PostgreSQL.Connections;
using EventStore.EF.Storage;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace EventStore.EF.PostgreSQL.Append;

/// <summary>
/// Carries out plans together, in a transaction of the store or inside the caller's. An explicit transaction, because a proxy might split
/// the implicit transaction of several statements.
/// </summary>
internal sealed class MultiStreamWriter(
    IDbContextFactory<EventStoreDbContext> contexts, AppendStatements statements, LockQueue locks, CallerSavepoint savepoint)
{
    /// <summary>
    /// Writes; <see langword="null"/> if one plan was refused. Then nothing is written, and the caller's transaction is unchanged.
    /// </summary>
    public async Task<AppendResult[]?> WriteAsync(IReadOnlyList<StreamPlan> plans, DbTransaction? transaction, CancellationToken ct)
    {
        StreamName[] streams = [.. plans.Select(plan => plan.Stream)];
        return transaction is null
            ? await locks.RunAsync((wait, token) => WriteAsync(plans, wait, token), streams, ct).ConfigureAwait(false)
            : await WriteInsideAsync((NpgsqlTransaction)transaction, plans, streams, ct).ConfigureAwait(false);
    }

    private async Task<AppendResult[]?> WriteAsync(IReadOnlyList<StreamPlan> plans, LockWait wait, CancellationToken ct)
    {
        await using var opened = await StoreConnection.OpenAsync(contexts, ct).ConfigureAwait(false);
        var connection = opened.Npgsql();
        try
        {
            if (plans.Count == 1)
                return await RunAsync(connection, plans[0], wait, ct).ConfigureAwait(false);

            await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, ct).ConfigureAwait(false);
            var results = await RunAsync(connection, transaction, plans, wait, ct).ConfigureAwait(false);
            if (results is not null)
                await transaction.CommitAsync(ct).ConfigureAwait(false);

            return results;
        }
        catch (PostgresException exception) when (PostgreSqlErrors.IsRefusedWrite(exception))
        {
            return null;
        }
    }

    private async Task<AppendResult[]?> RunAsync(NpgsqlConnection connection, StreamPlan plan, LockWait wait, CancellationToken ct)
    {
        if (plan is AppendPlan append)
        {
            await using var command = AppendCommand.For(append, connection, statements);
            return await command.RunAsync(append, wait, ct).ConfigureAwait(false) is { } appended ? [appended] : null;
        }

        var links = (LinkPlan)plan;
        await using var link = new NpgsqlCommand(statements.LinkWithin, connection)
        {
            Parameters =
            {
                Parameters.Text(links.Stream.Value), Parameters.Bigint(links.Expected.Sql()),
                Parameters.Array(NpgsqlDbType.Uuid, links.EventIds.ToArray()), Parameters.Text(wait.Setting),
            },
            CommandTimeout = wait.CommandTimeout(connection.CommandTimeout),
        };
        await using var reader = await link.ExecuteReaderAsync(CommandBehavior.SingleRow, ct).ConfigureAwait(false);
        AppendResult[]? result = await reader.ReadAsync(ct).ConfigureAwait(false) ? [AppendCommand.Result(reader)] : null;
        await reader.EndAsync(ct).ConfigureAwait(false);
        return result;
    }

    private async Task<AppendResult[]?> WriteInsideAsync(
        NpgsqlTransaction transaction, IReadOnlyList<StreamPlan> plans, StreamName[] streams, CancellationToken ct)
    {
        try
        {
            return await savepoint.RunAsync(
                transaction, streams,
                token => RunAsync(transaction.Connection!, transaction, plans, wait: null, token), results => results is not null, ct)
                .ConfigureAwait(false);
        }
        catch (PostgresException exception) when (PostgreSqlErrors.IsRefusedByContent(exception))
        {
            return null;
        }
    }

    /// <summary>
    /// Writes in the same order of streams everywhere, so that two writers of the same streams wait for each other instead of deadlocking.
    /// </summary>
    private async Task<AppendResult[]?> RunAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<StreamPlan> plans, LockWait? wait, CancellationToken ct)
    {
        var order = Enumerable.Range(0, plans.Count).OrderBy(index => plans[index].Stream).ToArray();
        await using var batch = new NpgsqlBatch(connection, transaction);
        if (wait is { } limit)
        {
            batch.BatchCommands.Add(new(AppendStatements.LimitWaits) { Parameters = { Parameters.Text(limit.Setting) } });
            batch.Timeout = limit.CommandTimeout(connection.CommandTimeout);
        }

        foreach (var index in order)
            batch.BatchCommands.Add(Command(plans[index]));

        var results = new AppendResult[plans.Count];
        var isRefused = false;
        await using var reader = await batch.ExecuteReaderAsync(ct).ConfigureAwait(false);
        if (wait is not null)
            await reader.NextResultAsync(ct).ConfigureAwait(false);

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
            Parameters =
            {
                Parameters.Text(link.Stream.Value), Parameters.Bigint(link.Expected.Sql()),
                Parameters.Array(NpgsqlDbType.Uuid, link.EventIds.ToArray()),
            },
        },
        _ => new(statements.Expect) { Parameters = { Parameters.Text(plan.Stream.Value), Parameters.Bigint(plan.Expected.Sql()) } },
    };
}
