namespace EventStore.EF.PostgreSQL.Tests.Specification;

// Every suite of the specification, on PostgreSQL. ComplianceTests fails when one is missing.
public sealed class AppendTests(PostgreSqlFixture fixture) : AppendSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class AppendConcurrencyTests(PostgreSqlFixture fixture) : AppendConcurrencySpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class AppendIdempotencyTests(PostgreSqlFixture fixture) : AppendIdempotencySpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class AppendMetadataTests(PostgreSqlFixture fixture) : AppendMetadataSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class SubscriptionTests(PostgreSqlFixture fixture) : SubscriptionSpecification(fixture), IClassFixture<PostgreSqlFixture>;
public sealed class ReadStreamTests(PostgreSqlFixture fixture) : ReadStreamSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class ReadAllTests(PostgreSqlFixture fixture) : ReadAllSpecification(fixture), IClassFixture<PostgreSqlFixture>;

public sealed class PayloadTests(PostgreSqlFixture fixture) : PayloadSpecification(fixture), IClassFixture<PostgreSqlFixture>;
