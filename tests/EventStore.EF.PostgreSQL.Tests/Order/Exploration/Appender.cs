using Npgsql;

namespace EventStore.EF.PostgreSQL.Tests.Order.Exploration;

/// <summary>A transaction that appends one event and is held open after each of its steps.</summary>
internal sealed class Appender(Fate fate, ExploredDatabase database, StreamName stream) : IAsyncDisposable
{
    private const int Number = 1;

    private readonly string _prepared = $"explored-{Guid.NewGuid():N}";
    private OpenTransaction? _transaction;
    private Task _held = Task.CompletedTask;
    private long? _position;
    private int _step;

    /// <summary>Whether it is past its last step.</summary>
    public bool IsOver => _step == StepsOf(fate);

    /// <summary>The last position that it took; 0 before the first.</summary>
    public long Taken { get; private set; }

    /// <summary>The first position that it may still fill; null when it holds none.</summary>
    public long? HeldFrom { get; private set; }

    /// <summary>The position of its event, once it is committed.</summary>
    public long? Committed { get; private set; }

    private OpenTransaction Transaction => _transaction!;

    /// <summary>The steps to the end.</summary>
    public static int StepsOf(Fate fate) => fate is Fate.Commits or Fate.RollsBack or Fate.IsKilled ? 2 : 3;

    /// <summary>Takes the next step and returns when it is done, or held.</summary>
    public Task StepAsync() => (fate, _step++) switch
    {
        (Fate.IsHeldBeforeTheLock, 0) => BeginAsync("SELECT pg_current_xact_id()"),
        (Fate.IsHeldBeforeTheLock, 1) => AppendAsync(),
        (Fate.IsHeldAfterItsPosition, 0) => BeginInsertAsync(),
        (Fate.IsHeldAfterItsPosition, 1) => InsertAsync(),
        (Fate.UndoesASavepoint, 0) => BeginAndAppendAsync("SAVEPOINT before"),
        (Fate.UndoesASavepoint, 1) => AppendAgainAsync(),
        (_, 0) => BeginAndAppendAsync(),
        (Fate.IsPreparedAndCommitted or Fate.IsPreparedAndRolledBack, 1) => Transaction.ExecuteAsync($"PREPARE TRANSACTION '{_prepared}'"),
        (Fate.IsHeldInTheCommitsChecks, 1) => BeginCommitAsync(ExploredDatabase.HoldCommit, "advisory"),
        (Fate.IsHeldAfterTheCommitsFlush, 1) => BeginCommitAsync("SET LOCAL synchronous_commit = on", "SyncRep"),
        _ => EndAsync(),
    };

    /// <summary>The server has crashed and recovered: whatever was neither prepared nor flushed is gone.</summary>
    public async Task CrashedAsync()
    {
        try
        {
            await _held;
        }
        catch (NpgsqlException)
        {
            // Held when the server went away.
        }

        if (fate is Fate.IsHeldAfterTheCommitsFlush && _step == 2)
            Committed = _position;

        if (fate is not (Fate.IsPreparedAndCommitted or Fate.IsPreparedAndRolledBack) || _step < 2)
            (HeldFrom, _step) = (null, StepsOf(fate));
    }

    public ValueTask DisposeAsync() => _transaction?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task BeginAsync(string sql)
    {
        _transaction = await OpenTransaction.BeginAsync(database.ConnectionString);
        await Transaction.ExecuteAsync(sql);
    }

    private async Task BeginAndAppendAsync(string first = "SELECT")
    {
        await BeginAsync(first);
        await AppendAsync();
    }

    private async Task AppendAsync()
    {
        _position = Taken = await Transaction.AppendAsync(stream, Number);
        HeldFrom ??= _position;
    }

    private async Task AppendAgainAsync()
    {
        await Transaction.ExecuteAsync("ROLLBACK TO SAVEPOINT before");
        HeldFrom = null;
        await AppendAsync();
    }

    private async Task BeginInsertAsync()
    {
        await BeginAsync(ExploredDatabase.HoldInsert);
        await database.CloseGateAsync(Transaction.Pid);
        _held = AppendAsync();
        await database.WaitUntilHeldAsync(Transaction.Pid, "advisory");
        HeldFrom = Taken = await database.LastPositionTakenAsync();
    }

    private async Task InsertAsync()
    {
        await database.OpenGateAsync(Transaction.Pid);
        await _held;
    }

    private async Task BeginCommitAsync(string hold, string wait)
    {
        await Transaction.ExecuteAsync(hold);
        await database.CloseGateAsync(Transaction.Pid);
        _held = Transaction.CommitAsync();
        await database.WaitUntilHeldAsync(Transaction.Pid, wait);
    }

    private async Task EndAsync()
    {
        switch (fate)
        {
            case Fate.RollsBack:
                await Transaction.RollbackAsync();
                break;
            case Fate.IsKilled:
                await database.ExecuteAsync($"SELECT pg_terminate_backend({Transaction.Pid}, 30000)");
                break;
            case Fate.IsPreparedAndRolledBack:
                await database.ExecuteAsync($"ROLLBACK PREPARED '{_prepared}'");
                break;
            case Fate.IsPreparedAndCommitted:
                await database.ExecuteAsync($"COMMIT PREPARED '{_prepared}'");
                Committed = _position;
                break;
            case Fate.IsHeldInTheCommitsChecks:
                await database.OpenGateAsync(Transaction.Pid);
                await _held;
                Committed = _position;
                break;
            case Fate.IsHeldAfterTheCommitsFlush:
                await database.ExecuteAsync($"SELECT pg_cancel_backend({Transaction.Pid})");
                await _held;
                await database.OpenGateAsync(Transaction.Pid);
                Committed = _position;
                break;
            default:
                await Transaction.CommitAsync();
                Committed = _position;
                break;
        }

        HeldFrom = null;
    }
}
