using System.Globalization;
using EventStore.EF.Storage;
using EventStore.EF.Storage.Sql;
using Microsoft.EntityFrameworkCore;

namespace EventStore.EF.Subscriptions.Projections;

/// <summary>Checks whether the tables of a projection's context exist.</summary>
internal static class ProjectionTables
{
    /// <summary>
    /// Returns the first table of the context's model that is missing in its database; <see langword="null"/> if all exist.
    /// </summary>
    /// <param name="context">The projection's context.</param>
    /// <param name="hasTable">The statement that looks for a table: <see cref="ProjectionStatements.HasTable"/>.</param>
    /// <param name="ct">Cancels it.</param>
    public static async Task<string?> FirstMissingAsync(DbContext context, string hasTable, CancellationToken ct)
    {
        var tables = context.Model.GetEntityTypes()
            .Where(entity => entity.GetTableName() is not null)
            .Select(entity => (Schema: entity.GetSchema(), Table: entity.GetTableName()!))
            .Distinct().ToArray();
        await context.Database.OpenConnectionAsync(ct).ConfigureAwait(false);
        foreach (var (schema, table) in tables)
        {
            await using var command = context.Database.GetDbConnection().Command(hasTable, ("schema", schema), ("table", table));
            if (!Convert.ToBoolean(await command.ScalarAsync(ct).ConfigureAwait(false), CultureInfo.InvariantCulture))
                return schema is null ? table : $"{schema}.{table}";
        }

        return null;
    }
}
