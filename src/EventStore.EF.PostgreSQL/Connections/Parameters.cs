using Npgsql;
using NpgsqlTypes;

namespace EventStore.EF.PostgreSQL.Connections;

/// <summary>Creates positional parameters with the types that the statements expect.</summary>
internal static class Parameters
{
    private static readonly long EpochInMicroseconds = new DateTime(2000, 1, 1).Ticks / TimeSpan.TicksPerMicrosecond;

    public static NpgsqlParameter<string> Text(string value = "") => new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Text };

    public static NpgsqlParameter<long> Bigint(long value = 0) => new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Bigint };

    public static NpgsqlParameter<int> Integer(int value = 0) => new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Integer };

    public static NpgsqlParameter<bool> Boolean(bool value) => new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Boolean };

    /// <summary>A parameter that may be null.</summary>
    public static NpgsqlParameter Optional(NpgsqlDbType type, object? value = null)
        => new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };

    /// <summary>
    /// A time as PostgreSQL counts it, in microseconds since 2000. This bypasses the process's time zone and Npgsql's conversion of the
    /// first and last representable days.
    /// </summary>
    public static NpgsqlParameter Time(DateTimeOffset? time) => Optional(NpgsqlDbType.TimestampTz, Microseconds(time));

    /// <summary>The value of such a parameter. Fractions of a microsecond are cut off.</summary>
    public static object? Microseconds(DateTimeOffset? time)
        => time is { UtcTicks: var ticks } ? (ticks / TimeSpan.TicksPerMicrosecond) - EpochInMicroseconds : null;

    /// <summary>
    /// A limit of a time range, rounded up to the next whole microsecond. Stored times are whole microseconds, so none lies in between; a
    /// limit rounded down would wrongly include, or leave out, events created at exactly that time.
    /// </summary>
    public static NpgsqlParameter TimeLimit(DateTimeOffset? limit) => Optional(
        NpgsqlDbType.TimestampTz,
        limit is { UtcTicks: var ticks }
            ? ((ticks + TimeSpan.TicksPerMicrosecond - 1) / TimeSpan.TicksPerMicrosecond) - EpochInMicroseconds
            : (object?)null);

    public static NpgsqlParameter Array(NpgsqlDbType elementType, object? value = null)
        => Optional(NpgsqlDbType.Array | elementType, value);

    /// <summary>The functions' argument for an expected version: -1 for any, -2 for any of an existing stream.</summary>
    public static long Sql(this ExpectedVersion expected) => expected.Version ?? (expected.CreatesStream ? -1 : -2);
}
