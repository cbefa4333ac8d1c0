using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Internal;

namespace EventStore.EF.Specification;

/// <summary>The migrations of a later version of the store.</summary>
#pragma warning disable EF1001 // EF Core has no public class to derive from.
internal sealed class OneMigrationMore(
    ICurrentDbContext currentContext, IDbContextOptions options, IMigrationsIdGenerator idGenerator, IDiagnosticsLogger<DbLoggerCategory.Migrations> logger)
    : MigrationsAssembly(currentContext, options, idGenerator, logger)
{
    public const string Id = "29990101000000_Later";

    public override IReadOnlyDictionary<string, TypeInfo> Migrations
        => base.Migrations.Append(new(Id, typeof(Migration).GetTypeInfo())).ToDictionary();
}
#pragma warning restore EF1001
