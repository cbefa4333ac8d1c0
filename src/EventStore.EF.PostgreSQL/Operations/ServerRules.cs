using System.Globalization;
using EventStore.EF.Operations.Checks;

namespace EventStore.EF.PostgreSQL.Operations;

/// <summary>What is wrong with a server, judged from its facts alone.</summary>
internal static class ServerRules
{
    private const int OldestVersion = 14;

    /// <summary>Transaction ids of this age are far beyond what the server removes by itself, which therefore doesn't work.</summary>
    private const int OldTransactions = 1_000_000_000;

    /// <summary>About 100 million before the server refuses all writes.</summary>
    private const int VeryOldTransactions = 2_000_000_000;

    private const long MostDeadRows = 100_000;
    private const long MostKeptBytes = 1L << 30;
    private const int FewConnections = 3;
    private const double MostUsed = 0.9;

    /// <summary>The triggers that keep events unchanged and in order.</summary>
    public static IReadOnlyList<string> Triggers { get; } =
    [
        "events_are_immutable", "links_are_immutable", "streams_are_kept", "streams_keep_their_names", "events_hold_their_positions",
    ];

    public static StoreCheck Engine(ServerFacts facts) => facts.VersionNumber / 10_000 < OldestVersion
        ? CheckDefinition.Engine.Found(
            CheckSeverity.Error, $"The server is PostgreSQL {facts.Version}.", $"Move to PostgreSQL {OldestVersion} or later.")
        : CheckDefinition.Engine.Passed();

    public static StoreCheck Positions(ServerFacts facts, string schema) => facts.SequenceCache switch
    {
        null => CheckDefinition.Positions.Unknown(
            $"the sequence {schema}.events_position_seq can't be found.", "Run the migrations, or restore the sequence."),
        > 1 => CheckDefinition.Positions.Found(
            CheckSeverity.Warning,
            $"The sequence {schema}.events_position_seq has CACHE {facts.SequenceCache}: each session takes that many positions in " +
            "advance, and what it appends later may be skipped by readers.",
            $"Run ALTER SEQUENCE {schema}.events_position_seq CACHE 1."),
        _ => CheckDefinition.Positions.Passed(),
    };

    public static IReadOnlyList<StoreCheck> Guards(
        ServerFacts facts, IReadOnlyCollection<string> expectedIndexes, IReadOnlyDictionary<string, bool> indexes,
        IReadOnlyDictionary<string, bool> triggers)
    {
        var found = new List<StoreCheck>();
        Add(
            expectedIndexes.Where(index => !indexes.ContainsKey(index)), CheckSeverity.Error, "These indexes are missing",
            "Create them as the migrations do, with CREATE INDEX CONCURRENTLY.");
        Add(
            indexes.Where(index => !index.Value).Select(index => index.Key), CheckSeverity.Warning, "These indexes can't be used",
            "Run REINDEX INDEX CONCURRENTLY for each of them.");
        Add(
            Triggers.Where(trigger => !triggers.ContainsKey(trigger)), CheckSeverity.Error,
            "These triggers, which keep events unchanged and in order, are missing", "Create them as the migrations do.");
        Add(
            Triggers.Where(trigger => triggers.TryGetValue(trigger, out var isOn) && !isOn), CheckSeverity.Error,
            "These triggers, which keep events unchanged and in order, are disabled",
            "Run ALTER TABLE … ENABLE TRIGGER … for each of them.");
        if (facts.ReplicationRole != "origin")
        {
            found.Add(CheckDefinition.Guards.Found(
                CheckSeverity.Error,
                $"session_replication_role is {facts.ReplicationRole} on the store's connections, so that no trigger fires.",
                "Set it back to 'origin' for the role and the database, with ALTER ROLE and ALTER DATABASE."));
        }

        return CheckDefinition.Guards.Of(found);

        void Add(IEnumerable<string> names, CheckSeverity severity, string what, string remedy)
        {
            if (string.Join(", ", names.Order(StringComparer.Ordinal)) is { Length: > 0 } list)
                found.Add(CheckDefinition.Guards.Found(severity, $"{what}: {list}.", remedy));
        }
    }

    public static IReadOnlyList<StoreCheck> Vacuum(ServerFacts facts, (long Dead, long Live)? streams)
    {
        var found = new List<StoreCheck>();
        if (facts.OldestTransactionAge is { } age && age > Math.Max(OldTransactions, 2L * facts.FreezeMaxAge))
        {
            found.Add(CheckDefinition.Vacuum.Found(
                age > VeryOldTransactions ? CheckSeverity.Error : CheckSeverity.Warning,
                $"The oldest transaction id of the database is {Count(age)} transactions old, although the server should remove what is " +
                $"older than {Count(facts.FreezeMaxAge)}. At about 2,146 million it refuses all writes.",
                "Find out what stops autovacuum (an old transaction, a prepared one, a replication slot), then run VACUUM FREEZE."));
        }

        if (streams is { } rows && rows.Dead > MostDeadRows && rows.Dead > rows.Live)
        {
            found.Add(CheckDefinition.Vacuum.Found(
                CheckSeverity.Warning,
                $"The table of streams has {Count(rows.Dead)} dead rows beside {Count(rows.Live)} live ones, which slows each append.",
                "Find out what stops autovacuum, such as an old transaction or prepared transaction, then run VACUUM on the table."));
        }

        return found.Count > 0 ? found
            : facts.OldestTransactionAge is null
                ? [CheckDefinition.Vacuum.Unknown("the server doesn't show the age of the database.", "Ask as a role that may see it.")]
                : [CheckDefinition.Vacuum.Passed()];
    }

    public static IReadOnlyList<StoreCheck> Durability(ServerFacts facts)
    {
        var found = new List<StoreCheck>();
        if (facts.Fsync != "on")
            Add(CheckSeverity.Error, "fsync", facts.Fsync, "a crash of the machine may destroy the database");

        if (facts.FullPageWrites != "on")
            Add(CheckSeverity.Error, "full_page_writes", facts.FullPageWrites, "a crash of the machine may destroy pages of the database");

        if (facts.SynchronousCommit == "off")
            Add(CheckSeverity.Warning, "synchronous_commit", facts.SynchronousCommit, "a crash of the server loses appends that succeeded");

        return CheckDefinition.Durability.Of(found);

        void Add(CheckSeverity severity, string setting, string value, string harm) => found.Add(CheckDefinition.Durability.Found(
            severity, $"{setting} is {value}: {harm}.", $"Set {setting} to on, for the server or for the store's role."));
    }

    public static StoreCheck Primary(ServerFacts facts) => facts switch
    {
        { IsStandby: true } => CheckDefinition.Primary.Found(
            CheckSeverity.Warning, "The server is a stand-by: nothing can be written, and what is settled can't be told.",
            "Name the primary in the connection string, or all servers with Target Session Attributes=primary."),
        { IsReadOnly: true } => CheckDefinition.Primary.Found(
            CheckSeverity.Warning, "Transactions of the store's connections are read-only.",
            "Run ALTER ROLE … SET default_transaction_read_only = off, for the role that the store connects as."),
        _ => CheckDefinition.Primary.Passed(),
    };

    public static StoreCheck Connections(ServerFacts facts)
    {
        if (facts.UsedConnections is not { } used)
        {
            return CheckDefinition.Connections.Unknown(
                "the server doesn't show how many connections it has.", "Ask as a role that may read pg_stat_database.");
        }

        var usable = facts.MaxConnections - facts.ReservedConnections;
        return used < usable * MostUsed && usable - used > FewConnections
            ? CheckDefinition.Connections.Passed()
            : CheckDefinition.Connections.Found(
                usable - used <= FewConnections ? CheckSeverity.Error : CheckSeverity.Warning,
                $"{used} of {usable} connections are in use.",
                "Lower Maximum Pool Size of the applications, put a pooler in front of the server, or raise max_connections.");
    }

    public static IReadOnlyList<StoreCheck> Slots(IReadOnlyList<(string Name, long Bytes)> abandoned) => CheckDefinition.Slots.Of(
    [
        .. abandoned.Where(slot => slot.Bytes > MostKeptBytes).Select(slot => CheckDefinition.Slots.Found(
            CheckSeverity.Warning,
            $"Nobody reads the replication slot '{slot.Name}', for which the server keeps {Count(slot.Bytes / (1 << 20))} MiB of its log.",
            $"Start its reader, or run SELECT pg_drop_replication_slot('{slot.Name}').")),
    ]);

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
