using Npgsql;
using NpgsqlTypes;

namespace EventStore.EF.PostgreSQL;

/// <summary>Parameters by position, with the type that the statement expects.</summary>
internal static class Parameters
{
    public static NpgsqlParameter<string> Text(string value = "") => new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Text };

    public static NpgsqlParameter<long> Bigint(long value = 0) => new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Bigint };

    public static NpgsqlParameter<int> Integer(int value = 0) => new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Integer };

    public static NpgsqlParameter<bool> Boolean(bool value) => new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Boolean };

    /// <summary>A parameter that may be null.</summary>
    public static NpgsqlParameter Optional(NpgsqlDbType type, object? value = null) => new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };

    public static NpgsqlParameter Array(NpgsqlDbType elementType, object? value = null) => Optional(NpgsqlDbType.Array | elementType, value);

    /// <summary>What the functions take for an expected version: -1 for any, -2 for any of an existing stream.</summary>
    public static long Sql(this ExpectedVersion expected) => expected.Version ?? (expected.CreatesStream ? -1 : -2);
}
