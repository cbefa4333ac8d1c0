namespace EventStore.EF.PostgreSQL.Order;

/// <summary>
/// The settled position (the high-water mark): every position up to it is visible to any new statement, or never will be. Positions come
/// from a sequence and become visible when their transactions commit, so a later one may appear before an earlier one. Nothing is guessed,
/// by time or otherwise: a gap is dead only when every transaction that could fill it is known to be gone.
/// </summary>
/// <remarks>
/// The proof. Let M be the highest position visible as a committed row. A transaction that took a position below M took it before M was
/// assigned, so it held the store's advisory lock by then, and keeps it until after its own commit is visible. Therefore, when all
/// transactions that held the lock <em>after</em> M was seen are gone, every position up to M is visible or dead. Transactions that don't
/// append are never waited for, and looking never blocks anyone. A holder also tells the last position that was assigned before it asked
/// for its first: nothing of it can appear up to there, so that much is settled however long it stays open.
/// </remarks>
internal sealed class SettledPosition(TimeProvider time) : IDisposable
{
    /// <summary>The waits between the looks of a new proof, together 63 ms: most appends are over after one or two.</summary>
    private static readonly int[] LookAfterMilliseconds = [1, 2, 4, 8, 16, 32];

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _proving = new(1, 1);
    private long _settled;
    private long _incarnation;
    private string? _identity;
    private Proof? _open;

    /// <summary>The number of times that everything was forgotten.</summary>
    public long Incarnation
    {
        get
        {
            lock (_lock)
                return _incarnation;
        }
    }

    /// <summary>
    /// Call this <em>before</em> sending a page's statement; only the value it returns may declare gaps in that page dead. A value raised
    /// in between may cover an event that was committed after the page's snapshot.
    /// </summary>
    public CapturedPosition Capture()
    {
        lock (_lock)
            return new(_settled, _incarnation);
    }

    /// <summary>
    /// Forgets everything: the connection was lost, and the next answer may come from another server or an earlier state.
    /// </summary>
    public void Forget()
    {
        lock (_lock)
            BeginAnew(null);
    }

    /// <summary>Forgets everything if a different server answers, or the same one in another incarnation of the store.</summary>
    public void Observe(string identity)
    {
        lock (_lock)
        {
            _identity ??= identity;
            if (_identity != identity)
                BeginAnew(identity);
        }
    }

    /// <summary>
    /// What answers in an incarnation, as <see cref="SettlementStatements.Identity"/> names it; <see langword="null"/> while it is unknown,
    /// and a name that nothing has once another incarnation has begun.
    /// </summary>
    public string? ServerIn(long incarnation)
    {
        lock (_lock)
            return incarnation != _incarnation ? "" : _identity;
    }

    /// <summary>
    /// Whether an answer may be judged by what was captured before its statement was sent: nothing has been forgotten since, and the same
    /// server answers in the same incarnation of the store. Otherwise everything is forgotten and the statement must be sent again.
    /// </summary>
    public bool IsValid(CapturedPosition captured, string identity)
    {
        lock (_lock)
        {
            if (captured.Incarnation != _incarnation)
                return false;

            Observe(identity);
            return captured.Incarnation == _incarnation;
        }
    }

    /// <summary>Raises the settled position over the positions that follow a captured one without a gap: they need no proof.</summary>
    /// <param name="captured">The value captured before the page's statement.</param>
    /// <param name="last">The last position of the unbroken sequence after it.</param>
    public void RaiseTo(CapturedPosition captured, long last)
    {
        lock (_lock)
        {
            if (captured.Incarnation == _incarnation)
                _settled = Math.Max(_settled, last);
        }
    }

    /// <summary>
    /// Tries to prove everything settled that is visible now. True if it is worth reading again: this call or a concurrent one has raised
    /// the settled position, or everything was forgotten. False while an open transaction delays it.
    /// </summary>
    /// <param name="look">
    /// Asks the database for its identity, the highest visible position and then the lock's holders, in this order.
    /// </param>
    /// <param name="ct">Cancels the proof.</param>
    public async Task<bool> ProveAsync(Func<CancellationToken, Task<SettlementLook>> look, CancellationToken ct)
    {
        var before = Capture();
        await _proving.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            var captured = Capture();
            if (captured != before)
                return true;

            var isNew = IsIdle();
            if (Take(await look(ct).ConfigureAwait(false), captured))
                return true;

            // A proof left open by an earlier call gets one look per call: its caller sets the pace.
            foreach (var milliseconds in isNew ? LookAfterMilliseconds : [])
            {
                await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), time, ct).ConfigureAwait(false);
                if (Take(await look(ct).ConfigureAwait(false), captured))
                    return true;
            }

            return false;
        }
        finally
        {
            _proving.Release();
        }
    }

    public void Dispose() => _proving.Dispose();

    /// <summary>Applies a look to the open proof, or opens one. True if the proof is complete, or void.</summary>
    internal bool Take(SettlementLook look, CapturedPosition captured)
    {
        lock (_lock)
        {
            if (!IsValid(captured, look.Identity))
                return true;

            // A single look settles everything before the first position of each holder.
            _settled = Math.Max(_settled, look.Settled);
            _open ??= new(look.Highest, look.Holders.Select(holder => holder.VirtualTransaction).ToHashSet(StringComparer.Ordinal));

            // A holder without a pid is a prepared transaction: its virtual transaction has changed, so it counts as one of the first look.
            if (look.Holders.Any(holder => holder.Pid is null || _open.Holders.Contains(holder.VirtualTransaction)))
                return false;

            _settled = Math.Max(_settled, _open.Highest);
            _open = null;
            return true;
        }
    }

    private bool IsIdle()
    {
        lock (_lock)
            return _open is null;
    }

    private void BeginAnew(string? identity)
    {
        _settled = 0;
        _incarnation++;
        _identity = identity;
        _open = null;
    }

    private sealed record Proof(long Highest, HashSet<string> Holders);
}

/// <summary>The settled position at one moment.</summary>
/// <param name="Position">Every position up to it is visible or never will be.</param>
/// <param name="Incarnation">The number of times that everything was forgotten; a value captured in an earlier incarnation is void.</param>
internal readonly record struct CapturedPosition(long Position, long Incarnation);
