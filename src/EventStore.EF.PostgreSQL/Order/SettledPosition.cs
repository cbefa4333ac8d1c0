namespace EventStore.EF.PostgreSQL;

/// <summary>
/// The position up to which every number is visible to any new statement, or never will be. Positions come from a sequence and
/// become visible when their transactions commit, so a later one may show before an earlier one. Nothing is guessed here, by time
/// or otherwise: a gap is dead only when everybody who could fill it is known to be gone.
/// </summary>
/// <remarks>
/// The proof. Let M be the highest position visible as a committed row. Whoever got a number below M got it before M was handed
/// out, so it held the store's advisory lock by then, and holds it until after its own commit is visible. Therefore, when all who
/// hold the lock <em>after</em> M was seen are gone, every number up to M is visible or dead. Transactions that don't append are
/// never waited for, and nobody is ever blocked by the looking. A holder also tells the last position that was handed out before it
/// asked for its first: up to there nothing of it can appear, so that much is settled however long it stays open.
/// </remarks>
internal sealed class SettledPosition(TimeProvider time) : IDisposable
{
    /// <summary>The waits of a first proof's looks, together 63 ms: most appends are over in one or two.</summary>
    private static readonly int[] LookAfterMilliseconds = [1, 2, 4, 8, 16, 32];

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _proving = new(1, 1);
    private long _settled;
    private long _life;
    private string? _identity;
    private Proof? _open;

    /// <summary>Counts how often all was forgotten.</summary>
    public long Life
    {
        get
        {
            lock (_lock)
                return _life;
        }
    }

    /// <summary>
    /// To be called <em>before</em> a page's statement is sent; only what it returned then may declare gaps in that page dead. A
    /// value raised meanwhile may cover an event that was committed after the page's snapshot.
    /// </summary>
    public CapturedPosition Capture()
    {
        lock (_lock)
            return new(_settled, _life);
    }

    /// <summary>Everything is void: the connection was lost, and whoever answers next may be another server or an earlier state.</summary>
    public void Forget()
    {
        lock (_lock)
            BeginAnew(null);
    }

    /// <summary>Everything is void if another server answers than before, or the same one in another life of the store.</summary>
    public void Meet(string identity)
    {
        lock (_lock)
        {
            _identity ??= identity;
            if (_identity != identity)
                BeginAnew(identity);
        }
    }

    /// <summary>
    /// The server that answers in a life, as <see cref="SettlementStatements.Server"/> names it; <see langword="null"/> while that isn't known, and
    /// one that there is nowhere when another life has begun.
    /// </summary>
    public string? ServerIn(long life)
    {
        lock (_lock)
            return life != _life ? "" : _identity?[.._identity.LastIndexOf('/')];
    }

    /// <summary>
    /// Whether an answer may be judged by what was captured before its statement was sent: nothing was forgotten since, and the
    /// same server answers in the same life of the store. Otherwise all is forgotten and the statement must be sent again.
    /// </summary>
    public bool IsValid(CapturedPosition captured, string identity)
    {
        lock (_lock)
        {
            if (captured.Life != _life)
                return false;

            Meet(identity);
            return captured.Life == _life;
        }
    }

    /// <summary>Positions without a gap from a captured one on need no proof.</summary>
    /// <param name="captured">From before the page's statement.</param>
    /// <param name="last">The last position in unbroken sequence after it.</param>
    public void RaiseTo(CapturedPosition captured, long last)
    {
        lock (_lock)
        {
            if (captured.Life == _life)
                _settled = Math.Max(_settled, last);
        }
    }

    /// <summary>
    /// Tries to prove everything settled that is visible now. True when it is worth reading again: the settled position has been
    /// raised, by this call or by another meanwhile, or all was forgotten; false while an open transaction holds it back.
    /// </summary>
    /// <param name="look">Asks the database: identity, highest visible position, then the holders of the lock, in this order.</param>
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

            // A proof that is still open from an earlier call gets one look a call: its caller paces itself.
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

    /// <summary>Takes the open proof one look further, or opens one. True when it is closed, or void.</summary>
    internal bool Take(SettlementLook look, CapturedPosition captured)
    {
        lock (_lock)
        {
            if (!IsValid(captured, look.Identity))
                return true;

            // By itself a look settles what comes before the first position of each holder.
            _settled = Math.Max(_settled, look.Settled);
            _open ??= new(look.Highest, look.Holders.Select(holder => holder.VirtualTransaction).ToHashSet(StringComparer.Ordinal));

            // A holder without pid is a prepared transaction: its virtual transaction has changed, so it counts as one of the first look.
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
        _life++;
        _identity = identity;
        _open = null;
    }

    private sealed record Proof(long Highest, HashSet<string> Holders);
}

/// <summary>A settled position at one moment.</summary>
/// <param name="Position">Every number up to it is visible or never will be.</param>
/// <param name="Life">Counts how often all was forgotten; what was captured in an earlier life is void.</param>
internal readonly record struct CapturedPosition(long Position, long Life);
