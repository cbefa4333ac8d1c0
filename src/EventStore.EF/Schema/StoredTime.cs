using System.Data.Common;

namespace EventStore.EF;

/// <summary>Reads stored times. They are in UTC, whatever the provider makes of them.</summary>
internal static class StoredTime
{
    /// <summary>
    /// The same time in UTC. Providers hand out UTC, a time without a zone that is in UTC, or, with
    /// <c>Npgsql.EnableLegacyTimestampBehavior</c>, a time in the zone of the process.
    /// </summary>
    public static DateTime Utc(DateTime time)
        => time.Kind is DateTimeKind.Local ? time.ToUniversalTime() : DateTime.SpecifyKind(time, DateTimeKind.Utc);

    public static DateTimeOffset Read(DbDataReader reader, int column) => new(Utc(reader.GetDateTime(column)));
}
