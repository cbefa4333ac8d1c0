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

    /// <summary>Parses a time in exactly the format in which the store writes it.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out DateTime time)
    {
        time = default;
        if (text.Length != Format.Length || text[4] != '-' || text[7] != '-' || text[10] != ' ' || text[13] != ':' || text[16] != ':'
            || text[19] != '.'
            || Number(text[..4]) is not (> 0 and var year) || Number(text[5..7]) is not (> 0 and <= 12 and var month)
            || Number(text[8..10]) is not (> 0 and var day) || day > DateTime.DaysInMonth(year, month)
            || Number(text[11..13]) is not (>= 0 and < 24 and var hour) || Number(text[14..16]) is not (>= 0 and < 60 and var minute)
            || Number(text[17..19]) is not (>= 0 and < 60 and var second) || Number(text[20..]) is not (>= 0 and var millisecond))
            return false;

        time = new(year, month, day, hour, minute, second, millisecond, DateTimeKind.Utc);
        return true;
    }

    /// <summary>
    /// Parses a time that any application may have written, in any form that SQLite's own functions take for a date and time.
    /// </summary>
    public static DateTime Parse(string text)
        => DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    /// <summary>The number that consists of these digits; -1 if there are others.</summary>
    private static int Number(ReadOnlySpan<byte> digits)
    {
        var number = 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit))
                return -1;

            number = (number * 10) + (digit - '0');
        }

        return number;
    }
}
