using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace EventStore.EF;

/// <summary>
/// Code shared by the generated serializers, so that little has to be generated. Generated code calls this; applications don't.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class EventJson
{
    /// <summary>Creates the metadata of a class, record or struct with members.</summary>
    /// <param name="options">The options of the context.</param>
    /// <param name="create">Creates an object if no constructor takes arguments.</param>
    /// <param name="construct">Creates an object from constructor arguments.</param>
    /// <param name="parameters">The parameters of that constructor.</param>
    /// <param name="properties">Creates the metadata of the members.</param>
    /// <param name="write">The generated writer, if there is one.</param>
    /// <param name="numbers">How its numbers are written and read, if <c>[JsonNumberHandling]</c> specifies it.</param>
    /// <param name="creation">How its members are filled, if <c>[JsonObjectCreationHandling]</c> specifies it.</param>
    /// <param name="unmapped">How unknown members are handled, if <c>[JsonUnmappedMemberHandling]</c> specifies it.</param>
    public static JsonTypeInfo ObjectInfo<T>(
        JsonSerializerOptions options,
        Func<T>? create,
        Func<object?[], T>? construct,
        Func<JsonParameterInfoValues[]>? parameters,
        Func<JsonSerializerOptions, JsonPropertyInfo[]> properties,
        Action<Utf8JsonWriter, T?>? write,
        JsonNumberHandling? numbers = null,
        JsonObjectCreationHandling? creation = null,
        JsonUnmappedMemberHandling? unmapped = null)
        where T : notnull
    {
        var info = JsonMetadataServices.CreateObjectInfo(options, new JsonObjectInfoValues<T>
        {
            ObjectCreator = create,
            ObjectWithParameterizedConstructorCreator = construct!,
            ConstructorParameterMetadataInitializer = parameters,
            PropertyMetadataInitializer = _ => properties(options),
            SerializeHandler = write,
        });
        info.NumberHandling = numbers;
        info.PreferredPropertyObjectCreationHandling = creation;
        info.UnmappedMemberHandling = unmapped;
        return info;
    }

    /// <summary>Creates the metadata of a constructor parameter.</summary>
    /// <param name="position">Its index, from 0.</param>
    /// <param name="name">Its name in C#.</param>
    /// <param name="type">Its type.</param>
    /// <param name="isOptional">Whether it has a default value.</param>
    /// <param name="defaultValue">The default value, if it has one.</param>
    public static JsonParameterInfoValues Parameter(
        int position, string name, Type type, bool isOptional = false, object? defaultValue = null)
        => new() { Position = position, Name = name, ParameterType = type, HasDefaultValue = isOptional, DefaultValue = defaultValue };

    /// <summary>Creates the metadata of a property or field.</summary>
    /// <param name="options">The options of the context.</param>
    /// <param name="declaringType">The type that declares it.</param>
    /// <param name="name">Its name in C#.</param>
    /// <param name="get">Reads it; <see langword="null"/> if it isn't written as JSON.</param>
    /// <param name="set">Writes it; <see langword="null"/> if the constructor sets it, or nothing does.</param>
    /// <param name="jsonName">Its name in JSON if given explicitly; by default the naming policy determines it.</param>
    /// <param name="isRequired">Whether JSON without it is rejected.</param>
    /// <param name="order">Its order among the members of the JSON object; 0 by default.</param>
    /// <param name="ignore">When it is omitted; by default never.</param>
    /// <param name="converter">Its own converter, if it has one.</param>
    /// <param name="isExtensionData">Whether it receives everything that no other member takes.</param>
    /// <param name="numbers">How its numbers are written and read, if <c>[JsonNumberHandling]</c> specifies it.</param>
    /// <param name="creation">How it is filled, if <c>[JsonObjectCreationHandling]</c> specifies it.</param>
    public static JsonPropertyInfo Property<T>(
        JsonSerializerOptions options,
        Type declaringType,
        string name,
        Func<object, T?>? get,
        Action<object, T?>? set,
        string? jsonName = null,
        bool isRequired = false,
        int order = 0,
        JsonIgnoreCondition? ignore = null,
        JsonConverter<T>? converter = null,
        bool isExtensionData = false,
        JsonNumberHandling? numbers = null,
        JsonObjectCreationHandling? creation = null)
    {
        var property = JsonMetadataServices.CreatePropertyInfo(options, new JsonPropertyInfoValues<T>
        {
            IsProperty = true,
            IsPublic = true,
            DeclaringType = declaringType,
            PropertyName = name,
            JsonPropertyName = jsonName,
            Getter = get,
            Setter = set,
            IgnoreCondition = ignore,
            Converter = converter,
            IsExtensionData = isExtensionData,
            NumberHandling = numbers,
            PropertyTypeInfo = converter is null ? null! : JsonMetadataServices.CreateValueInfo<T>(options, converter),
        });
        if (isRequired)
            property.IsRequired = true;
        if (order != 0)
            property.Order = order;
        if (creation is not null)
            property.ObjectCreationHandling = creation;
        return property;
    }

    /// <summary>Returns the converter that <c>[JsonConverter]</c> names, created for <typeparamref name="T"/> if it is a factory.</summary>
    /// <exception cref="InvalidOperationException">The converter can't convert <typeparamref name="T"/>.</exception>
    public static JsonConverter<T> Converter<T>(JsonConverter converter, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(converter);
        var made = converter is JsonConverterFactory factory && factory.CanConvert(typeof(T))
            ? factory.CreateConverter(typeof(T), options)
            : converter;
        return made as JsonConverter<T>
            ?? throw new InvalidOperationException(
                $"The converter {converter.GetType()}, named by [JsonConverter], can't convert {typeof(T)}.");
    }

    /// <summary>The same for a <see cref="Nullable{T}"/>; a converter of the value itself is accepted too.</summary>
    /// <exception cref="InvalidOperationException">The converter can't convert <typeparamref name="T"/>.</exception>
    public static JsonConverter<T?> NullableConverter<T>(JsonConverter converter, JsonSerializerOptions options)
        where T : struct
    {
        ArgumentNullException.ThrowIfNull(converter);
        return converter.CanConvert(typeof(T?))
            ? Converter<T?>(converter, options)
            : new OptionalConverter<T>(Converter<T>(converter, options));
    }

    /// <summary>The error of an event that the application serializes itself, if no serializer is registered for it.</summary>
    public static Exception NoSerializer(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return new InvalidOperationException(
            $"{type} has a serializer of its own, which is not registered: call UseSerializer<{type.Name}> in AddEventStore.");
    }

    /// <summary>Begins a JSON object, unless it would be nested too deep to be read back.</summary>
    /// <exception cref="JsonException">It would be nested too deep.</exception>
    public static void StartObject(Utf8JsonWriter writer)
    {
        CheckDepth(writer);
        writer.WriteStartObject();
    }

    /// <summary>Begins a JSON array, unless it would be nested too deep to be read back.</summary>
    /// <exception cref="JsonException">It would be nested too deep.</exception>
    public static void StartArray(Utf8JsonWriter writer)
    {
        CheckDepth(writer);
        writer.WriteStartArray();
    }

    /// <summary>Writes a value with a converter of System.Text.Json.</summary>
    public static void Write<T>(Utf8JsonWriter writer, T? value, JsonConverter<T?> converter)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(converter);
        if (value is null)
            writer.WriteNullValue();
        else
            converter.Write(writer, value, null!);
    }

    private static void CheckDepth(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (writer.CurrentDepth >= EventJsonOptions.MaxDepth)
        {
            throw new JsonException(
                $"The event is nested deeper than {EventJsonOptions.MaxDepth} levels, or contains itself, so it could not be read back.");
        }
    }
}
