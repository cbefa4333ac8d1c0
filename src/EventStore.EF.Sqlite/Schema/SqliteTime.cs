using System.Globalization;

namespace EventStore.EF.Sqlite.Schema;

/// <summary>
/// Converts times. They are stored as text in UTC with milliseconds, in one format, so that comparing texts compares times. Texts of other
/// lengths would not compare correctly; EF Core and Microsoft.Data.Sqlite leave out zeros at the end.
/// </summary>
internal static class SqliteTime
{
    /// <summary>The database's clock.</summary>
    public const string Now = "strftime('%Y-%m-%d %H:%M:%f', 'now')";

    /// <summary>The same format.</summary>
    private const string Format = "yyyy-MM-dd HH:mm:ss.fff";

    /// <summary>A time as it is stored: fractions of a millisecond are cut off. A time of unspecified kind is taken as UTC.</summary>
    public static string Text(DateTime time)
        => (time.Kind is DateTimeKind.Local ? time.ToUniversalTime() : time).ToString(Format, CultureInfo.InvariantCulture);

    /// <summary>The first time that can be stored at or after this one, as it is stored: the limit of a range.</summary>
    public static string Limit(DateTimeOffset time)
    {
        var excess = time.UtcTicks % TimeSpan.TicksPerMillisecond;
        var missing = excess == 0 ? 0 : TimeSpan.TicksPerMillisecond - excess;
        return Text(DateTime.MaxValue.Ticks - time.UtcTicks < missing ? DateTime.MaxValue : time.UtcDateTime.AddTicks(missing));
    }

    /// <summary>
    /// Parses a time that any application may have written, in any form that SQLite's own functions take for a date and time.
    /// </summary>
    public static DateTime Parse(string text)
        => DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
