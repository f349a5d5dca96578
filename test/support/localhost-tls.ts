/** A certificate for `localhost` alone, valid for a hundred years, trusted by nobody: for tests of verification. */
export const localhostCert = `-----BEGIN CERTIFICATE-----
MIIBljCCATugAwIBAgIUZVND0Lc6A2qdhQ5ffeVC5hxGGsowCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMzIyMDc1OVoYDzIxMjYxMDMw
MjIwNzU5WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQOtz+zf1b9wFsdA4LpkbC2HaGP8Ljd8qxZlfE0pWqbJZ5Xkiviz01X
+4yStfJf2stRDXQrNQZe7zrgm7Vah6yto2kwZzAdBgNVHQ4EFgQUB8W+gV96Ese2
8qC4GGEkJjbn3ukwHwYDVR0jBBgwFoAUB8W+gV96Ese28qC4GGEkJjbn3ukwDwYD
VR0TAQH/BAUwAwEB/zAUBgNVHREEDTALgglsb2NhbGhvc3QwCgYIKoZIzj0EAwID
SQAwRgIhAIlqug+zWXFetc0lIW72ZmnRoZYQRe1rIp9oOTMASBpbAiEAk7L5BLiC
wCiYG1rJd8oviKJ6jW+JymMMmrrHdENlwp0=
-----END CERTIFICATE-----
`;

/** Its key; a fixture, worth nothing. */
export const localhostKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgeW5R01YFq+zv17VT
3X+83VATBeLlSuV4UUdUXaviTImhRANCAAQOtz+zf1b9wFsdA4LpkbC2HaGP8Ljd
8qxZlfE0pWqbJZ5Xkiviz01X+4yStfJf2stRDXQrNQZe7zrgm7Vah6yt
-----END PRIVATE KEY-----
`;
