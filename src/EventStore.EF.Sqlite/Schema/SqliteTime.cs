using System.Globalization;

namespace EventStore.EF.Sqlite;

/// <summary>
/// Times are text in UTC with milliseconds, in one format: comparing texts compares times. Text of any other length would not; EF Core
/// and Microsoft.Data.Sqlite, for two, leave out zeros at the end.
/// </summary>
internal static class SqliteTime
{
    /// <summary>The database's clock.</summary>
    public const string Now = "strftime('%Y-%m-%d %H:%M:%f', 'now')";

    /// <summary>The same format.</summary>
    private const string Format = "yyyy-MM-dd HH:mm:ss.fff";

    /// <summary>A time as it is stored: what is finer than a millisecond is left out. A time of no known zone is in UTC.</summary>
    public static string Text(DateTime time)
        => (time.Kind is DateTimeKind.Local ? time.ToUniversalTime() : time).ToString(Format, CultureInfo.InvariantCulture);

    /// <summary>The first time that can be stored at or after this one, as it is stored: the limit of a range.</summary>
    public static string Limit(DateTimeOffset time)
    {
        var excess = time.UtcTicks % TimeSpan.TicksPerMillisecond;
        var missing = excess == 0 ? 0 : TimeSpan.TicksPerMillisecond - excess;
        return Text(DateTime.MaxValue.Ticks - time.UtcTicks < missing ? DateTime.MaxValue : time.UtcDateTime.AddTicks(missing));
    }

    /// <summary>Reads what somebody wrote, in any form that SQLite's own functions take for a date and time.</summary>
    public static DateTime Parse(string text)
        => DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
