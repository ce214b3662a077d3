"""Stand-in for pulumi-resource-tls: PrivateKey, CertRequest, SelfSignedCert and LocallySignedCert."""
