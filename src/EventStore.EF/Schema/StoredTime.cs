using System.Data.Common;

namespace EventStore.EF.Schema;

/// <summary>Reads stored times, which are in UTC whatever the provider returns.</summary>
internal static class StoredTime
{
    /// <summary>
    /// The same time in UTC. Providers return UTC, a time without a zone that is in UTC, or, with
    /// <c>Npgsql.EnableLegacyTimestampBehavior</c>, a time in the time zone of the process.
    /// </summary>
    public static DateTime Utc(DateTime time)
        => time.Kind is DateTimeKind.Local ? time.ToUniversalTime() : DateTime.SpecifyKind(time, DateTimeKind.Utc);

    public static DateTimeOffset Read(DbDataReader reader, int column) => new(Utc(reader.GetDateTime(column)));
}
