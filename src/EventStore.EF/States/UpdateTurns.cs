namespace EventStore.EF.States;

/// <summary>
/// Lets contending updates of one stream in this process take turns, in order of arrival. Nothing else waits for a turn: neither plain
/// appends nor other processes.
/// </summary>
internal sealed class UpdateTurns(TimeProvider time)
{
    /// <summary>
    /// The time after which the next update no longer waits: a decision may be slow, or wait for an update of the same stream itself.
    /// </summary>
    private static readonly TimeSpan LongestTurn = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<StreamName, LinkedList<Turn>> _lines = [];

    /// <summary>Whether updates of the stream currently take turns.</summary>
    public bool IsTaken(StreamName stream)
    {
        lock (_lock)
            return _lines.ContainsKey(stream);
    }

    /// <summary>Waits for a turn, which lasts until it is disposed.</summary>
    public async ValueTask<IDisposable> TakeAsync(StreamName stream, CancellationToken ct)
    {
        var turn = new Turn(this, stream);
        lock (_lock)
        {
            if (!_lines.TryGetValue(stream, out var line))
                _lines.Add(stream, line = []);

            line.AddLast(turn);
            if (line.Count == 1)
                turn.Begin(time.GetTimestamp());
        }

        try
        {
            while (true)
            {
                try
                {
                    await turn.Begun.WaitAsync(LongestTurn, time, ct).ConfigureAwait(false);
                    return turn;
                }
                catch (TimeoutException)
                {
                    EndLongTurn(stream);
                }
            }
        }
        catch
        {
            turn.Dispose();
            throw;
        }
    }

    private void EndLongTurn(StreamName stream)
    {
        lock (_lock)
        {
            if (_lines.TryGetValue(stream, out var line) && line.First is { Value: var first }
                && time.GetElapsedTime(first.BeganAt) >= LongestTurn)
                Remove(first);
        }
    }

    /// <summary>Removes a turn that is waiting or has begun, unless it is over. Requires the lock.</summary>
    private void Remove(Turn turn)
    {
        if (!_lines.TryGetValue(turn.Stream, out var line))
            return;

        var wasFirst = line.First?.Value == turn;
        if (!line.Remove(turn))
            return;

        if (line.First is null)
            _lines.Remove(turn.Stream);
        else if (wasFirst)
            line.First.Value.Begin(time.GetTimestamp());
    }

    private sealed class Turn(UpdateTurns turns, StreamName stream) : IDisposable
    {
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public StreamName Stream => stream;

        public Task Begun => _begun.Task;

        public long BeganAt { get; private set; }

        public void Begin(long timestamp)
        {
            BeganAt = timestamp;
            _begun.SetResult();
        }

        public void Dispose()
        {
            lock (turns._lock)
                turns.Remove(this);
        }
    }
}
