using System.Globalization;
using EventStore.EF.Operations.Checks;

namespace EventStore.EF.Operations;

/// <summary>What is wrong with the store as a whole, judged from what was read alone.</summary>
internal static class StoreRules
{
    /// <summary>What to do where the database refuses to tell.</summary>
    public const string GrantRemedy =
        "Grant the role what docs/security.md lists for shop_reader, or ask as a role that has it.";

    /// <summary>Appends take milliseconds: what is open for longer delays readers.</summary>
    private static readonly TimeSpan LongTransaction = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan VeryLongTransaction = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan MostDifference = TimeSpan.FromSeconds(5);

    /// <summary>The checks of providers that PostgreSQL has; where the server can't be asked, none of them is known.</summary>
    public static IReadOnlyList<CheckDefinition> OfServer { get; } =
    [
        CheckDefinition.Guards, CheckDefinition.Vacuum, CheckDefinition.Durability, CheckDefinition.Primary, CheckDefinition.Connections,
        CheckDefinition.Slots,
    ];

    /// <summary>
    /// The checks by id. A check that several parts of the store contribute to has only passed if none of them found anything.
    /// </summary>
    public static IReadOnlyList<StoreCheck> InOrder(IEnumerable<StoreCheck> checks) =>
    [
        .. checks.GroupBy(check => check.Id, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .SelectMany(group => group.Any(check => check.Severity is not CheckSeverity.Passed)
                ? group.Where(check => check.Severity is not CheckSeverity.Passed)
                : group.Take(1)),
    ];

    /// <summary>How far the database's clock is ahead of this process's, at least; zero if the clocks may agree.</summary>
    /// <param name="before">This process's clock before the database's was read.</param>
    /// <param name="read">The database's clock.</param>
    /// <param name="after">This process's clock afterwards.</param>
    public static TimeSpan Difference(DateTimeOffset before, DateTimeOffset read, DateTimeOffset after)
        => read < before ? read - before : read > after ? read - after : TimeSpan.Zero;

    public static StoreCheck Clock(TimeSpan difference) => difference.Duration() <= MostDifference
        ? CheckDefinition.Clock.Passed()
        : CheckDefinition.Clock.Found(
            CheckSeverity.Warning,
            $"The database's clock is {Words(difference.Duration())} {(difference > TimeSpan.Zero ? "ahead of" : "behind")} that of this " +
            "process. Leases and stored times follow the database's; logs follow the process's.",
            "Let both machines follow the same time server.");

    /// <param name="report">The report so far.</param>
    /// <param name="refusal">Why the settled position or the transactions can't be read.</param>
    public static IReadOnlyList<StoreCheck> HeldBack(StoreReport report, string? refusal)
    {
        if (refusal is not null || report.BlockingTransactions is null)
        {
            return
            [
                CheckDefinition.HeldBack.Unknown(refusal ?? "the transactions that are open can't be read.", GrantRemedy),
            ];
        }

        var waiting = report is { Head: { } head, SettledPosition: { } settled } && head > settled
            ? $" Events after position {settled}, up to {head}, wait for it."
            : "";
        var found = report.BlockingTransactions.Select(transaction => HeldBack(transaction, waiting)).OfType<StoreCheck>().ToList();
        if (found.Count == 0 && report is { Head: not null, SettledPosition: null })
        {
            found.Add(CheckDefinition.HeldBack.Unknown(
                "this server can't tell which events may still appear.", "Ask the primary server."));
        }

        return CheckDefinition.HeldBack.Of(found);
    }

    /// <param name="end">The end of the store; <see langword="null"/> if it can't be read.</param>
    /// <param name="schema">The schema's name.</param>
    public static IReadOnlyList<StoreCheck> Positions(StoreEnd? end, string schema) => end switch
    {
        null => [],
        { } known when known.Highest > known.Assigned =>
        [
            CheckDefinition.Positions.Found(
                CheckSeverity.Error,
                $"There is an event at position {known.Highest}, but the last position that was assigned is {known.Assigned}. Readers " +
                "stop in front of it, and appends will fail when they arrive there.",
                $"If the events belong to the store, set the sequence {schema}.events_position_seq to {known.Highest} with setval; if " +
                "not, remove them as docs/security.md describes."),
        ],
        _ => [],
    };

    public static IReadOnlyList<StoreCheck> Identity(StoreIdentity? store, string? refusal, string product)
    {
        if (refusal is not null)
            return [CheckDefinition.Engine.Unknown(refusal, GrantRemedy)];

        if (store is null)
        {
            return
            [
                CheckDefinition.Engine.Found(
                    CheckSeverity.Error, "The table store_info has no row, but the migrations insert one.", "Restore it from a backup."),
            ];
        }

        return string.Equals(store.Engine, product, StringComparison.OrdinalIgnoreCase) ? [] :
        [
            CheckDefinition.Engine.Found(
                CheckSeverity.Error, $"The store was created for the engine '{store.Engine}', and this is {product}.",
                "Use the package that created it."),
        ];
    }

    /// <summary>A time span in words, such as <c>3.2 seconds</c> or <c>4 minutes</c>.</summary>
    public static string Words(TimeSpan time) => time switch
    {
        { TotalSeconds: < 90 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.#} seconds"),
        { TotalMinutes: < 90 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0} minutes"),
        { TotalHours: < 48 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0} hours"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalDays:0} days"),
    };

    private static StoreCheck? HeldBack(BlockingTransaction transaction, string waiting)
    {
        var session = $"session {transaction.SessionId} of role '{transaction.Role}', application '{transaction.Application}'";
        if (!transaction.IsAppender)
        {
            return CheckDefinition.HeldBack.Found(
                CheckSeverity.Warning, $"The store's lock is held by {session}, which has not appended.{waiting}",
                $"End it with SELECT pg_terminate_backend({transaction.SessionId}), and keep other logins out with REVOKE CONNECT.");
        }

        if (transaction.Age is not { } age)
        {
            return CheckDefinition.HeldBack.Unknown(
                $"since when {session} has had a transaction open that has appended can't be seen.{waiting}",
                "Grant the role pg_read_all_stats.");
        }

        if (age < LongTransaction)
            return null;

        var severity = age < VeryLongTransaction ? CheckSeverity.Warning : CheckSeverity.Error;
        return transaction.PreparedName is { } prepared
            ? CheckDefinition.HeldBack.Found(
                severity, $"The prepared transaction '{prepared}' has appended and has been undecided for {Words(age)}.{waiting}",
                "Decide it with COMMIT PREPARED or ROLLBACK PREPARED.")
            : CheckDefinition.HeldBack.Found(
                severity, $"A transaction of {session}, has appended and has been open for {Words(age)}.{waiting}",
                $"Commit it, roll it back, or end it with SELECT pg_terminate_backend({transaction.SessionId}).");
    }
}
