using System.Globalization;
using EventStore.EF.Operations.Checks;

namespace EventStore.EF.Sqlite.Operations;

/// <summary>What is wrong with a database file, judged from its facts alone.</summary>
internal static class FileRules
{
    private const long FewBytes = 256L << 20;
    private const long VeryFewBytes = 32L << 20;

    /// <summary>The triggers that keep events unchanged, without the schema's name.</summary>
    public static IReadOnlyList<string> Triggers { get; } =
    [
        "events_are_not_updated", "events_are_not_deleted", "events_are_not_replaced", "links_are_not_updated", "links_are_not_deleted",
        "links_are_not_replaced", "streams_are_kept", "streams_are_not_renamed", "streams_are_not_replaced", "store_info_is_kept",
        "store_info_is_not_changed", "store_info_is_not_replaced",
    ];

    public static IReadOnlyList<StoreCheck> Guards(
        string schema, IEnumerable<string> expectedIndexes, IReadOnlySet<string> indexes, IReadOnlySet<string> triggers)
    {
        var found = new List<StoreCheck>();
        Add(expectedIndexes.Where(index => !indexes.Contains(index)), "These indexes are missing");
        Add(
            Triggers.Select(trigger => $"{schema}_{trigger}").Where(trigger => !triggers.Contains(trigger)),
            "These triggers, which keep events unchanged, are missing");
        return CheckDefinition.Guards.Of(found);

        void Add(IEnumerable<string> names, string what)
        {
            if (string.Join(", ", names.Order(StringComparer.Ordinal)) is { Length: > 0 } list)
                found.Add(CheckDefinition.Guards.Found(CheckSeverity.Error, $"{what}: {list}.", "Create them as the migrations do."));
        }
    }

    public static StoreCheck Durability(string journalMode) => journalMode is "wal"
        ? CheckDefinition.Durability.Passed()
        : CheckDefinition.Durability.Found(
            CheckSeverity.Warning, $"The file's journal mode is '{journalMode}'.",
            "Close every connection to the file, so that the store can set it to WAL with its next write.");

    public static StoreCheck Disk(long? freeBytes, string path)
    {
        if (freeBytes is not { } free)
        {
            return CheckDefinition.Disk.Unknown(
                $"the operating system doesn't say how much room there is for '{path}'.", "Watch the disk by other means.");
        }

        return free >= FewBytes
            ? CheckDefinition.Disk.Passed()
            : CheckDefinition.Disk.Found(
                free < VeryFewBytes ? CheckSeverity.Error : CheckSeverity.Warning,
                $"The disk of '{path}' has room for {(free >> 20).ToString("N0", CultureInfo.InvariantCulture)} MiB more.",
                "Free space: on a full disk appends fail.");
    }
}
