using System.Diagnostics;
using EventStore.EF.Sqlite.Connections;
using Microsoft.Data.Sqlite;

namespace EventStore.EF.Sqlite.Append;

/// <summary>
/// The turns of this process's writers to one file: the store's queue, and the application's transactions on the same file. SQLite has no
/// queue for its lock; whoever looks for it now and then hardly finds it free between two transactions of a busy writer. A turn is a
/// courtesy, not the lock: nobody waits longer than a tenth of a second for one.
/// </summary>
internal sealed class WriteTurns
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(100);

    /// <summary>How often those who wait look whether the turn was forgotten: its transaction was disposed without an end.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);

    private readonly Lock _lock = new();
    private readonly Queue<TaskCompletionSource<Turn?>> _waiting = new();
    private Turn? _current;

    /// <summary>Waits for a turn; <see langword="null"/> if it doesn't come, and the lock must be had without.</summary>
    public async ValueTask<Turn?> TakeAsync(CancellationToken ct)
    {
        if (TryTake(out var turn) is not { } waiting)
            return turn;

        // The system's clock on purpose: an application's transaction doesn't follow a test's clock.
        var since = Stopwatch.GetTimestamp();
        while (!waiting.Task.IsCompleted && !ct.IsCancellationRequested && Stopwatch.GetElapsedTime(since) < LongestWait)
        {
            await Task.WhenAny(waiting.Task, Task.Delay(Look, TimeProvider.System, ct)).ConfigureAwait(false);
            PassOnIfOver();
        }

        if (!ct.IsCancellationRequested && waiting.Task.IsCompleted)
            return await waiting.Task.ConfigureAwait(false);

        Leave(waiting);
        ct.ThrowIfCancellationRequested();
        return null;
    }

    /// <summary>Waits for a turn on the caller's thread; <see langword="null"/> if it doesn't come.</summary>
    public Turn? Take()
    {
        if (TryTake(out var turn) is not { } waiting)
            return turn;

        var since = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(since) < LongestWait)
        {
            if (waiting.Task.Wait(Look))
                return waiting.Task.Result;

            PassOnIfOver();
        }

        Leave(waiting);
        return null;
    }

    private TaskCompletionSource<Turn?>? TryTake(out Turn? turn)
    {
        lock (_lock)
        {
            turn = null;
            if (_current is null || _current.IsOver)
            {
                // If the last turn was forgotten, those who wait for its end come first.
                if (_waiting.Count == 0)
                {
                    turn = _current = new(this);
                    return null;
                }

                PassOn();
            }

            var waiting = new TaskCompletionSource<Turn?>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(waiting);
            return waiting;
        }
    }

    private void End(Turn turn)
    {
        lock (_lock)
        {
            if (_current == turn)
                PassOn();
        }
    }

    private void PassOnIfOver()
    {
        lock (_lock)
        {
            if (_current is { IsOver: true })
                PassOn();
        }
    }

    private void PassOn()
    {
        _current = null;
        while (_current is null && _waiting.TryDequeue(out var next))
        {
            var turn = new Turn(this);
            if (next.TrySetResult(turn))
                _current = turn;
        }
    }

    /// <summary>Gives the wait up; a turn that came at the same moment goes to the next.</summary>
    private static void Leave(TaskCompletionSource<Turn?> waiting)
    {
        if (!waiting.TrySetResult(null))
            waiting.Task.Result?.End();
    }

    /// <summary>A writer's turn, which it gives up when its transaction is over.</summary>
    internal sealed class Turn(WriteTurns turns)
    {
        private volatile SqliteConnection? _connection;
        private volatile bool _hasBegun;

        /// <summary>
        /// Whether the application's connection that had the turn is closed, or its transaction over, although nobody has said so.
        /// </summary>
        public bool IsOver => _connection is { } connection
            && (connection.State is not System.Data.ConnectionState.Open || (_hasBegun && !connection.IsInTransaction()));

        /// <summary>Records that the turn is for the application's next transaction on this connection.</summary>
        public void BelongTo(SqliteConnection connection) => _connection = connection;

        /// <summary>Records that the transaction has begun.</summary>
        public void Begun() => _hasBegun = true;

        /// <summary>Gives the turn to the next.</summary>
        public void End() => turns.End(this);
    }
}
