using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EventStore.EF.Faults;

/// <summary>
/// Reaches a <see cref="KillPoints"/> point before and after each statement that SQLite runs for the store: SQLite tells every new connection
/// of the process to a function of ours, which asks it to be told of statements. The store knows nothing of it.
/// </summary>
internal static unsafe partial class SqlitePoints
{
    /// <summary>The points: part of the statement, and the name.</summary>
    private static readonly (string Text, string Name)[] Statements =
        [("_events\" (", "append"), ("COMMIT", "commit"), ("_subscriptions\"", "checkpoint")];

    private const uint StatementBegins = 1;
    private const uint StatementEnded = 2;

    private static KillPoints? s_points;

    /// <summary>Every point there is.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Statements.SelectMany(statement => (string[])[$"{statement.Name}-begins", $"{statement.Name}-ended"])];

    public static void Watch(KillPoints points)
    {
        s_points = points;
        _ = AutoExtension(&Opened);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Opened(nint connection, nint message, nint api) => Trace(connection, StatementBegins | StatementEnded, &Traced, 0);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Traced(uint kind, nint context, nint statement, nint detail)
    {
        var sql = Marshal.PtrToStringUTF8(Sql(statement)) ?? "";
        foreach (var (text, name) in Statements)
        {
            if (sql.Contains(text, StringComparison.OrdinalIgnoreCase))
                s_points!.Reached(kind == StatementBegins ? $"{name}-begins" : $"{name}-ended");
        }

        return 0;
    }

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_auto_extension")]
    private static partial int AutoExtension(delegate* unmanaged[Cdecl]<nint, nint, nint, int> opened);

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_trace_v2")]
    private static partial int Trace(nint connection, uint mask, delegate* unmanaged[Cdecl]<uint, nint, nint, nint, int> traced, nint context);

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_sql")]
    private static partial nint Sql(nint statement);
}
