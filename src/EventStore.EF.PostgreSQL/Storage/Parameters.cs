using Npgsql;
using NpgsqlTypes;

namespace EventStore.EF.PostgreSQL;

/// <summary>Parameters by position, with the type that the statement expects.</summary>
internal static class Parameters
{
    private static readonly long EpochInMicroseconds = new DateTime(2000, 1, 1).Ticks / TimeSpan.TicksPerMicrosecond;

    public static NpgsqlParameter<string> Text(string value = "") => new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Text };

    public static NpgsqlParameter<long> Bigint(long value = 0) => new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Bigint };

    public static NpgsqlParameter<int> Integer(int value = 0) => new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Integer };

    public static NpgsqlParameter<bool> Boolean(bool value) => new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Boolean };

    /// <summary>A parameter that may be null.</summary>
    public static NpgsqlParameter Optional(NpgsqlDbType type, object? value = null) => new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };

    /// <summary>
    /// A time as PostgreSQL counts it, in microseconds since 2000: neither the process's time zone nor what Npgsql makes of the first and
    /// the last day of all times comes in between.
    /// </summary>
    public static NpgsqlParameter Time(DateTimeOffset? time) => Optional(NpgsqlDbType.TimestampTz, Microseconds(time));

    /// <summary>The value of such a parameter. What is finer than a microsecond is left out.</summary>
    public static object? Microseconds(DateTimeOffset? time)
        => time is { UtcTicks: var ticks } ? (ticks / TimeSpan.TicksPerMicrosecond) - EpochInMicroseconds : null;

    /// <summary>
    /// A limit of time, raised to the next whole microsecond: stored times are whole ones, so none lies in between, while the limit cut
    /// down to one would let in, or leave out, what was created at just that time.
    /// </summary>
    public static NpgsqlParameter TimeLimit(DateTimeOffset? limit) => Optional(
        NpgsqlDbType.TimestampTz,
        limit is { UtcTicks: var ticks }
            ? ((ticks + TimeSpan.TicksPerMicrosecond - 1) / TimeSpan.TicksPerMicrosecond) - EpochInMicroseconds
            : (object?)null);

    public static NpgsqlParameter Array(NpgsqlDbType elementType, object? value = null) => Optional(NpgsqlDbType.Array | elementType, value);

    /// <summary>What the functions take for an expected version: -1 for any, -2 for any of an existing stream.</summary>
    public static long Sql(this ExpectedVersion expected) => expected.Version ?? (expected.CreatesStream ? -1 : -2);
}
