using EventStore.EF.Errors;
using EventStore.EF.PostgreSQL.Connections;
using EventStore.EF.Storage;
using EventStore.EF.Threading;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace EventStore.EF.PostgreSQL.Append;

/// <summary>
/// A connection with prepared statements that stays open while there are appends. Taking one from the pool for each append, and resetting
/// it, cost a fifth of the time of a lone append.
/// </summary>
internal sealed class AppendConnection(
    IDbContextFactory<EventStoreDbContext> contexts, AppendStatements statements, PostgreSqlOptions options)
{
    private Opened? _opened;

    /// <summary>Whether the connection was used since this was last set to false.</summary>
    public bool WasUsed { get; set; }

    /// <summary>Appends; <see langword="null"/> if the append was refused and nothing was written.</summary>
    /// <exception cref="PostgresException">
    /// With 55P03: another transaction held a lock for longer than <see cref="LockWait.Moment"/>; nothing was written.
    /// </exception>
    public async Task<AppendResult?> AppendAsync(AppendPlan plan, CancellationToken ct)
    {
        var opened = _opened ?? await OpenAsync(ct).ConfigureAwait(false);
        try
        {
            return await (plan.Events.Count == 1 ? opened.One : opened.Many).RunAsync(plan, LockWait.Moment, ct).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            await CloseUnlessUsableAsync(exception).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Writes the slots that can be written without waiting, and answers their callers. Returns the slots left out, with the reason.
    /// </summary>
    public async Task<IReadOnlyList<LeftOutSlot>> AppendAsync(IReadOnlyCollection<StreamBatch> slots)
    {
        var opened = _opened ?? await OpenAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            return await opened.Group.RunAsync(slots).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            await CloseUnlessUsableAsync(exception).ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask CloseAsync()
    {
        if (_opened is not { } opened)
            return;

        _opened = null;
        await opened.One.DisposeAsync().ConfigureAwait(false);
        await opened.Many.DisposeAsync().ConfigureAwait(false);
        await opened.Group.DisposeAsync().ConfigureAwait(false);
        await opened.Connection.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Opens the connection outside the first caller's context, because other callers use it later.</summary>
    private Task<Opened> OpenAsync(CancellationToken ct)
        => Safeguards.AmbientState ? DetachedTask.RunAsync(() => OpenHereAsync(ct)) : OpenHereAsync(ct);

    private async Task<Opened> OpenHereAsync(CancellationToken ct)
    {
        var connection = await StoreConnection.OpenAsync(contexts, ct).ConfigureAwait(false);
        var npgsql = connection.Npgsql();
        _opened = new(
            connection, AppendCommand.OfOne(npgsql, statements), AppendCommand.OfMany(npgsql, statements), new(npgsql, statements));
        if (!options.PreparedStatements)
            return _opened;

        try
        {
            await _opened.One.PrepareAsync(ct).ConfigureAwait(false);
            await _opened.Many.PrepareAsync(ct).ConfigureAwait(false);
            await _opened.Group.PrepareAsync(ct).ConfigureAwait(false);
            return _opened;
        }
        catch (Exception exception)
        {
            WroteNothing.Mark(exception);
            await CloseAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Closes the connection unless the error is about the data: after any other, the server may have become a stand-by, or be gone.
    /// </summary>
    private async ValueTask CloseUnlessUsableAsync(Exception exception)
    {
        if (!PostgreSqlErrors.IsAboutData(exception))
            await CloseAsync().ConfigureAwait(false);
    }

    private sealed record Opened(StoreConnection Connection, AppendCommand One, AppendCommand Many, GroupCommand Group);
}
